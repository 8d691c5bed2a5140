package testee

import (
	"net/http"
	"reflect"
	"time"
	"unsafe"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/livekit/protocol/webhook"
)

// connect makes a notifier use the network of a run. The reference has no parameter for that, nor
// does its DefaultNotifier take those of HTTP: its fields are set.
func connect(made webhook.QueuedNotifier, config webhook.WebHookConfig, args notifierArgs, n *network) {
	notifiers := field[[]webhook.QueuedNotifier](made, "notifiers")
	extra := field[webhook.QueuedNotifier](made, "extraWebhookNotifier")
	if args.HTTP != nil {
		secret := args.Keys[config.APIKey]
		for index, old := range *notifiers {
			old.Stop(true)
			(*notifiers)[index] = args.HTTP.notifier(config, secret, config.URLs[index], config.FilterParams)
		}
		(*extra).Stop(true)
		*extra = args.HTTP.notifier(config, secret, "", webhook.FilterParams{})
	}
	for _, each := range append([]webhook.QueuedNotifier{*extra}, *notifiers...) {
		client := (*field[*retryablehttp.Client](each, "client")).HTTPClient
		client.Transport = newWire(n, client.Transport.(*http.Transport))
	}
}

// notifier is one of those that NewDefaultNotifier makes, with parameters of HTTP.
func (a *httpArgs) notifier(
	config webhook.WebHookConfig, secret, url string, filter webhook.FilterParams,
) webhook.QueuedNotifier {
	return webhook.NewResourceURLNotifier(webhook.ResourceURLNotifierParams{
		HTTPClientParams: webhook.HTTPClientParams{
			RetryWaitMin:  time.Duration(a.RetryWaitMinMS) * time.Millisecond,
			RetryWaitMax:  time.Duration(a.RetryWaitMaxMS) * time.Millisecond,
			MaxRetries:    a.MaxRetries,
			ClientTimeout: time.Duration(a.ClientTimeoutMS) * time.Millisecond,
			UserAgent:     a.UserAgent,
		},
		URL:          url,
		APIKey:       config.APIKey,
		APISecret:    secret,
		Config:       config.ResourceURLNotifier,
		FilterParams: filter,
	})
}

// field is a field of a structure of the reference that is not exported.
func field[T any](of any, name string) *T {
	found := reflect.ValueOf(of).Elem().FieldByName(name)
	return (*T)(unsafe.Pointer(found.UnsafeAddr()))
}

// counts are the reference's numbers of deliveries, by status and reason.
type counts map[[2]string]float64

// The reference counts for a whole process, and panics where its numbers were not set up.
var stats = func() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	prometheus.DefaultRegisterer = registry
	webhook.InitWebhookStats(nil)
	return registry
}()

func counted() counts {
	found := counts{}
	families, _ := stats.Gather()
	for _, family := range families {
		if family.GetName() != "livekit_webhook_dispatch_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			found[[2]string{labels["status"], labels["reason"]}] = metric.GetCounter().GetValue()
		}
	}
	return found
}

func (c counts) since(before counts) object {
	numbers := map[string]int{}
	dropped := map[string]int{}
	for key, number := range c {
		if more := int(number - before[key]); more > 0 && key[0] == "drop" {
			dropped[key[1]] = more
		} else {
			numbers[key[0]] = more
		}
	}
	return object{"success": numbers["success"], "failure": numbers["failure"], "dropped": dropped}
}
