# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a Redis store does in Redis: one script a method, each done as a whole or not at all.

Where Redis is out of memory it refuses scripts whose first write may take some. All but `put` and
`replay` begin with one that frees some, so that what is queued can still be sent.
"""

from __future__ import annotations

KEYS = ("seq", "partitions", "due", "leases", "dead", "pending")
"""What all scripts are given: numbers given out; name of a partition to its number; when each
partition is claimable; owner|until|fence of each lease; dead letters; how many are pending."""

# A delivery that was never tried has a score below 0, so that no change of the clock delays it.
# Numbers become text with all their digits; Lua's own conversion keeps 14.
_GROUND = """
local SEQ, PARTITIONS, DUE, LEASES, DEAD, PENDING = unpack(KEYS)
local prefix = string.sub(SEQ, 1, -4)
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6 + ARGV[1]
local function text(number) return string.format('%.17g', number) end
local fresh = text(now - 1e11)
local function delivery(seq) return prefix .. 'delivery:' .. seq end
local function queue(id) return prefix .. 'queue:' .. id end
local function is_full(more, most)
  return (redis.call('GET', PENDING) or 0) + more > tonumber(most)
end
local function append(name, seq)
  local id = redis.call('HGET', PARTITIONS, name)
  if not id then
    id = redis.call('INCR', SEQ)
    redis.call('HSET', PARTITIONS, name, id)
  end
  redis.call('ZADD', DUE, 'NX', fresh, id)
  redis.call('RPUSH', queue(id), seq)
end
local function take_back(id, fence)
  local lease = redis.call('HGET', LEASES, id)
  if not lease or string.match(lease, '[^|]*$') ~= fence then return false end
  redis.call('HDEL', LEASES, id)
  return true
end
local function advance(id, name)
  redis.call('LPOP', queue(id))
  redis.call('DECR', PENDING)
  if redis.call('EXISTS', queue(id)) == 1 then
    redis.call('ZADD', DUE, fresh, id)
  else
    redis.call('ZREM', DUE, id)
    redis.call('HDEL', PARTITIONS, name)
  end
end
"""

# A client that lost the answer asks again: the token, which is a key of its own, says so.
PUT = _GROUND + """
local token, count = KEYS[7], (#ARGV - 2) / 7
if redis.call('EXISTS', token) == 1 then return 1 end
if is_full(count, ARGV[2]) then return 0 end
redis.call('SET', token, '', 'EX', 60)
redis.call('INCRBY', PENDING, count)
for at = 3, #ARGV, 7 do
  local seq = redis.call('INCR', SEQ)
  redis.call('HSET', delivery(seq), 'endpoint', ARGV[at], 'key', ARGV[at + 1],
    'event_id', ARGV[at + 2], 'event', ARGV[at + 3], 'api_key', ARGV[at + 4],
    'body', ARGV[at + 5], 'queued_at', ARGV[at + 6])
  append(ARGV[at] .. '\\n' .. ARGV[at + 1], seq)
end
return 1
"""

# What was never tried and what is due again take turns by age. Deliveries that were deleted by
# others (keys that Redis evicted) are skipped.
CLAIM = _GROUND + """
local owner, limit, until_ = ARGV[2], tonumber(ARGV[4]), text(now + ARGV[3])
local found, claims = {}, {}
local function add(least, most, more)
  local rows = redis.call(
    'ZRANGEBYSCORE', DUE, least, most, 'WITHSCORES', 'LIMIT', 0, limit)
  for at = 1, #rows, 2 do
    found[#found + 1] = {id = rows[at], age = rows[at + 1] + more}
  end
end
add('-inf', '(0', 1e11)
add('0', text(now), 0)
table.sort(found, function(one, other) return one.age < other.age end)
for at = 1, math.min(limit, #found) do
  local id = found[at].id
  local seq = redis.call('LINDEX', queue(id), 0)
  while seq and redis.call('EXISTS', delivery(seq)) == 0 do
    redis.call('LPOP', queue(id))
    redis.call('DECR', PENDING)
    seq = redis.call('LINDEX', queue(id), 0)
  end
  redis.call('ZREM', DUE, id)
  if seq then
    local fence = redis.call('INCR', SEQ)
    redis.call('ZADD', DUE, until_, id)
    redis.call('HSET', LEASES, id, owner .. '|' .. until_ .. '|' .. fence)
    local head = redis.call('HMGET', delivery(seq), 'endpoint', 'key', 'event_id', 'event',
      'api_key', 'body', 'queued_at', 'attempts', 'sent_at')
    claims[#claims + 1] = {id, fence, seq, head}
  end
end
return {text(now), claims}
"""

# ARGV of these: seconds ahead, partition, fence, seq, name of the partition, and their own.
DONE = _GROUND + """
if not take_back(ARGV[2], ARGV[3]) then return 0 end
redis.call('DEL', delivery(ARGV[4]))
advance(ARGV[2], ARGV[5])
return 1
"""

RETRY = _GROUND + """
if not take_back(ARGV[2], ARGV[3]) then return 0 end
redis.call('HSET', delivery(ARGV[4]), 'attempts', ARGV[6], 'sent_at', ARGV[7], 'error', ARGV[8])
redis.call('ZADD', DUE, ARGV[9], ARGV[2])
return 1
"""

DIE = _GROUND + """
if not take_back(ARGV[2], ARGV[3]) then return 0 end
redis.call('HSET', delivery(ARGV[4]), 'attempts', ARGV[6], 'died_at', text(now),
  'reason', ARGV[7], 'error', ARGV[8])
redis.call('ZADD', DEAD, ARGV[4], ARGV[4])
advance(ARGV[2], ARGV[5])
return 1
"""

NEXT_DUE = _GROUND + """
return redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')[2]
"""

DEAD_LETTERS = _GROUND + """
local letters = {}
local found = redis.call('ZRANGEBYSCORE', DEAD, '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])
for _, seq in ipairs(found) do
  local letter = redis.call('HMGET', delivery(seq), 'endpoint', 'key', 'event_id', 'event',
    'api_key', 'body', 'queued_at', 'died_at', 'attempts', 'reason', 'error')
  if letter[1] then letters[#letters + 1] = {seq, letter} end
end
return letters
"""

REPLAY = _GROUND + """
local found = {}
for at = 4, #ARGV do
  if redis.call('EXISTS', delivery(ARGV[at])) == 1 and redis.call('ZSCORE', DEAD, ARGV[at]) then
    found[#found + 1] = ARGV[at]
  end
end
if is_full(#found, ARGV[2]) then return -1 end
redis.call('INCRBY', PENDING, #found)
for _, old in ipairs(found) do
  local seq = redis.call('INCR', SEQ)
  redis.call('ZREM', DEAD, old)
  redis.call('RENAME', delivery(old), delivery(seq))
  redis.call('HDEL', delivery(seq), 'attempts', 'sent_at', 'died_at', 'reason', 'error')
  redis.call('HSET', delivery(seq), 'queued_at', text(now - ARGV[3]))
  local name = redis.call('HMGET', delivery(seq), 'endpoint', 'key')
  append(name[1] .. '\\n' .. name[2], seq)
end
return #found
"""

FORGET = _GROUND + """
local count = 0
for at = 2, #ARGV do
  if redis.call('ZREM', DEAD, ARGV[at]) == 1 then
    count = count + redis.call('DEL', delivery(ARGV[at]))
  end
end
return count
"""
