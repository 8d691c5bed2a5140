package testee

import (
	"context"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

type serveArgs struct {
	Service   string            `json:"service"`
	Behaviour string            `json:"behaviour"`
	Msg       string            `json:"msg"`
	Meta      map[string]string `json:"meta"`
}

// serving is the server of the last `twirp.serve`.
var serving *http.Server

func twirpServe(args serveArgs) (any, error) {
	service, known := twirpServices[args.Service]
	if !known {
		return nil, &unsupported{"no service " + args.Service}
	}
	behave, err := args.behaviour()
	if err != nil {
		return nil, err
	}
	stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	serving = &http.Server{Handler: service.server(twirp.WithServerInterceptors(service.answering(behave)))}
	go serving.Serve(listener)
	return object{"base_url": "http://" + listener.Addr().String()}, nil
}

func twirpStop(struct{}) (any, error) {
	stop()
	return object{}, nil
}

func stop() {
	if serving != nil {
		serving.Close()
		serving = nil
	}
}

// behaviour answers a request; the response is empty, and to be filled.
type behaviour func(request, response proto.Message) (any, error)

// answering is an interceptor that answers each method in the place of its implementation.
func (s twirpService) answering(behave behaviour) twirp.Interceptor {
	return func(twirp.Method) twirp.Method {
		return func(ctx context.Context, request any) (any, error) {
			name, _ := twirp.MethodName(ctx)
			method, _ := s.methods.MethodByName(name)
			response := reflect.New(method.Type.Out(0).Elem()).Interface()
			return behave(request.(proto.Message), response.(proto.Message))
		}
	}
}

func (args serveArgs) behaviour() (behaviour, error) {
	name, value, _ := strings.Cut(args.Behaviour, ":")
	switch name {
	case "echo":
		return echo, nil
	case "error":
		return args.failing(twirp.ErrorCode(value)), nil
	case "panic":
		return func(_, _ proto.Message) (any, error) { panic("as asked") }, nil
	case "nil":
		return func(_, _ proto.Message) (any, error) { return nil, nil }, nil
	case "slow":
		ms, err := strconv.Atoi(value)
		return func(request, response proto.Message) (any, error) {
			time.Sleep(time.Duration(ms) * time.Millisecond)
			return echo(request, response)
		}, err
	}
	return nil, &unsupported{"no behaviour " + args.Behaviour}
}

func (args serveArgs) failing(code twirp.ErrorCode) behaviour {
	return func(_, _ proto.Message) (any, error) {
		failed := twirp.NewError(code, args.Msg)
		for key, value := range args.Meta {
			failed = failed.WithMeta(key, value)
		}
		return nil, failed
	}
}

// echo copies the scalars that request and response share by name and type.
func echo(request, response proto.Message) (any, error) {
	from, to := request.ProtoReflect(), response.ProtoReflect()
	fields := to.Descriptor().Fields()
	for index := range fields.Len() {
		field := fields.Get(index)
		same := from.Descriptor().Fields().ByName(field.Name())
		if same != nil && isScalar(field) && typeOf(field) == typeOf(same) && from.Has(same) {
			to.Set(field, from.Get(same))
		}
	}
	return response, nil
}

func isScalar(field protoreflect.FieldDescriptor) bool {
	return field.Message() == nil && field.Cardinality() != protoreflect.Repeated
}

// typeOf is the name of a scalar's type, of an enum its full name, and of a list another.
func typeOf(field protoreflect.FieldDescriptor) string {
	name := field.Kind().String()
	if field.Enum() != nil {
		name = string(field.Enum().FullName())
	}
	if field.IsList() {
		name = "list of " + name
	}
	return name
}
