-- Takes work from the accounts' queues in turn, within their limits: what is taken is `sending`, its attempt counted,
-- before anything is sent. What may not be sent now is held (a closed gate) or waits (for a link).
-- ARGV: worker, how many at most, the only delivery that is wanted ('' = any), the worker's slots (0 = they are shared with
-- nobody), then for each account: name, live queue, later queue, max in flight, ms between calls, its open calls in this worker.
-- Returns: ms until more may be ready (-1 = when the bell rings), then for each delivery taken: its id, its hash as a flat
-- list, and what it asked for as name, value, name, value: its links, 'made' (the order that it would make exists), 'probe'
-- (the gate that let it through to see), 'forgotten' (when a server was started that may have forgotten its claim).
local HOLDS_A_STEP = 200 -- deliveries moved aside in one step, so that a step stays short
local LIMITED_MS = 3000 -- longer than workers sleep: while work waits, each that looks writes the mark anew
local BURST = 20 -- ms of calls that may start together: an account with 500 a second is not woken 500 times
local LATE = 60 -- ms that whoever is to take a call may be late: the calls after it make up for so much, not for idle time

local worker, room, only, slots = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local accounts = {}
for place = 5, #ARGV, 6 do
  table.insert(accounts, {
    name = ARGV[place],
    live = ARGV[place + 1],
    later = ARGV[place + 2],
    limit = tonumber(ARGV[place + 3]),
    spacing = tonumber(ARGV[place + 4]),
    open = tonumber(ARGV[place + 5]),
  })
end
local now = now_ms()
local taken = {}
local again = -1
local holds = 0

local gates = {}
local raw = redis.call('HGETALL', K.GATES)
for place = 1, #raw, 2 do
  local fine, gate = pcall(cjson.decode, raw[place + 1])
  gates[raw[place]] = fine and gate or { state = 'closed' } -- one that cannot be read must not stop all accounts
end

local function sooner(ms)
  if again < 0 or ms < again then again = ms end
end

local function standing(live, later)
  return redis.call('LLEN', K.QUEUE .. live) + redis.call('LLEN', K.QUEUE .. later) > 0
end

-- The first closed gate in this delivery's way, or nil; then the gates that let it through only to see what happens.
local function gate_in_the_way(id, account, fn, hook)
  local probed = {}
  for _, name in ipairs({ 'account:' .. account, 'function:' .. account .. ':' .. fn, 'hook:' .. hook }) do
    local gate = gates[name]
    if gate then
      local free = gate.state == 'probing' and (not gate.probe or gate.probe == '' or gate.probe == id)
      if not free then return name end
      table.insert(probed, name)
    end
  end
  return nil, probed
end

local function is_probe_of(id, name)
  gates[name].probe = id
  redis.call('HSET', K.GATES, name, cjson.encode(gates[name]))
end

local function hold(id, gate)
  change_state(id, 'queued', 'held')
  redis.call('HSET', K.DELIVERY .. id, 'held_by', gate)
  redis.call('ZADD', K.HELD .. gate, 0, id)
  redis.call('SADD', K.HOLDING, gate)
  holds = holds + 1
end

-- Its time counts from when it first had to wait: before that it may have been held, or queued behind a dead worker, as
-- long as what it waits for.
local function wait_for(id, link, wait)
  local key = K.DELIVERY .. id
  change_state(id, 'queued', 'waiting')
  redis.call('SADD', K.WAITERS .. link, id)
  redis.call('HSETNX', key, 'waits_since', now)
  local since = math.min(now, tonumber(redis.call('HGET', key, 'waits_since')))
  redis.call('ZADD', K.WAIT_UNTIL, since + tonumber(wait or 21600) * 1000, id)
  holds = holds + 1
end

-- Whoever was to make this before has ended, and nobody knows whether it did: the next one has to look.
local function inherit_doubt(id, link)
  local since, own = redis.call('GET', K.DOUBT .. link), redis.call('HGET', K.DELIVERY .. id, 'doubtful_since')
  if since and tonumber(since) < tonumber(own or math.huge) then
    redis.call('HSET', K.DELIVERY .. id, 'doubtful_since', since)
  end
end

-- Whether this delivery may make what it makes: nobody else has ('made' tells what there is), nobody else is about to.
local function may_make(id, seen, links)
  local missing
  for link in string.gmatch(seen[8], '[^\n]+') do
    local made = redis.call('GET', K.LINK .. link)
    if made then
      table.insert(links, 'made')
      table.insert(links, made)
      return true
    end
    if not missing and is_made_by_another(id, link) then missing = link end
  end
  for link in string.gmatch(seen[8], '[^\n]+') do
    if not missing then
      redis.call('SET', K.MAKING .. link, id)
      inherit_doubt(id, link)
    elseif not is_made_by_another(id, link) then
      redis.call('SET', K.RESERVED .. link, id, 'EX', math.ceil(tonumber(seen[7] or 21600)) + 60)
    end
  end
  if missing then wait_for(id, missing, seen[7]) end
  return not missing
end

-- The links that the delivery needs, or nil after it was sent to wait for one of them.
local function links_of(id, seen)
  local links = {}
  if seen[5] then
    for link in string.gmatch(seen[5], '[^\n]+') do
      local value = redis.call('GET', K.LINK .. link)
      if not value then
        wait_for(id, link, seen[7])
        return nil
      end
      table.insert(links, link)
      table.insert(links, value)
    end
  end
  if seen[8] and not may_make(id, seen, links) then return nil end
  return links
end

local epoch

-- Whether an older claim may have been forgotten. A replay counts from the time at which a person asked for it (1: not known,
-- it was asked for before that was written down).
local function may_be_forgotten(id, key, before)
  local replayed, created_at, updated_at = unpack(redis.call('HMGET', key, 'replay', 'created_at', 'updated_at'))
  if replayed == '1' then replayed = updated_at end
  return tonumber(replayed or created_at or moment_of(id)) < before
end

local function take(id, account, links)
  local key = K.DELIVERY .. id
  epoch = epoch or epoch_of_the_server(now)
  local before, since = unpack(epoch)
  if before > 0 and may_be_forgotten(id, key, before) then
    redis.call('HSETNX', key, 'doubtful_since', since)
    table.insert(links, 'forgotten')
    table.insert(links, cjson.encode(before))
  end
  change_state(id, 'queued', 'sending')
  redis.call('HINCRBY', key, 'number', 1)
  redis.call('HINCRBY', key, 'tries', 1)
  redis.call('HSET', key, 'claimed_by', worker, 'claimed_at', now)
  redis.call('SADD', K.IN_FLIGHT .. account, id)
  redis.call('SADD', K.CLAIMS .. worker, id)
  table.insert(taken, id)
  table.insert(taken, redis.call('HGETALL', key))
  table.insert(taken, links)
  room = room - 1
end

-- Takes this delivery or moves it aside. Returns whether it was taken.
local function consider(id, account)
  local seen = redis.call('HMGET', K.DELIVERY .. id,
    'state', 'function', 'hook', 'account', 'awaits', 'created_at', 'wait', 'makes')
  if seen[1] ~= 'queued' then -- a job too many: somebody else has moved the delivery
    holds = holds + 1
    return false
  end
  local gate, probed = gate_in_the_way(id, account, seen[2], seen[3])
  if gate then
    hold(id, gate)
    return false
  end
  local links = links_of(id, seen)
  if not links then return false end -- and is no probe: it may wait for one that the gate holds back
  for _, name in ipairs(probed) do
    is_probe_of(id, name)
    table.insert(links, 'probe')
    table.insert(links, cjson.encode(name))
  end
  take(id, account, links)
  return true
end

-- In how many ms the account's next call may be taken (nil: when one of its calls has ended), and when it may start.
local function may_start(account, limit, spacing)
  if redis.call('SCARD', K.IN_FLIGHT .. account) >= limit then return nil end
  local ready = next_start(account, limit, spacing, now)
  return math.max(0, ready - now - BURST), ready
end

-- Whether so many slots are free that this account may have one. A quarter of them is kept for accounts that have few or
-- no calls open here: one whose calls take long would otherwise come to have all.
local function has_room(account)
  local share = math.max(1, math.floor(slots / 4 / math.max(1, #accounts - 1)))
  if account.open < share then return true end
  local kept = 0
  for _, other in ipairs(accounts) do
    if other ~= account then kept = kept + math.max(0, share - other.open) end
  end
  return room > math.min(kept, math.floor(slots / 4))
end

local function mark_limited(account)
  if standing(account.live, account.later) then redis.call('SET', K.LIMITED .. account.name, 1, 'PX', LIMITED_MS) end
end

-- Takes the next delivery of this account. Returns false when there is none that may go now.
local function take_next(account)
  local wait, ready = may_start(account.name, account.limit, account.spacing)
  if not wait or not has_room(account) then
    mark_limited(account)
    return false
  end
  if wait > 0 then
    if standing(account.live, account.later) then sooner(wait) end
    return false
  end
  while true do
    local id = redis.call('LPOP', K.QUEUE .. account.live) or redis.call('LPOP', K.QUEUE .. account.later)
    if not id then return false end
    redis.call('DEL', K.JOB .. id)
    if consider(id, account.name) then
      local starts = ready > now - LATE and ready or now
      if account.spacing > 0 then keep_next_start(account.name, starts + account.spacing, now) end
      account.open = account.open + 1
      return true
    end
    if holds >= HOLDS_A_STEP then
      sooner(0)
      return false
    end
  end
end

write_though_full()

-- Whoever claims can be found dead, even when it is killed before its first beat.
redis.call('HSETNX', K.BEATS, worker, cjson.encode({ beat = 0, at = now, host = '', pid = 0, in_flight = 0, slots = 0 }))

if only ~= '' then
  consider(only, redis.call('HGET', K.DELIVERY .. only, 'account') or '')
  return { again, unpack(taken) }
end

local active = { unpack(accounts) }
while room > 0 and #active > 0 do
  table.sort(active, function(one, other) return one.open < other.open end)
  local left = {}
  for _, account in ipairs(active) do
    if room > 0 and take_next(account) then table.insert(left, account) end
  end
  active = left
end

-- Who has no room left wakes another, who may have some: the bell rang once, for this one.
local function ring_for_what_is_left()
  for _, account in ipairs(accounts) do
    if may_start(account.name, account.limit, account.spacing) == 0 and standing(account.live, account.later) then
      if redis.call('LLEN', K.BELL) == 0 then redis.call('LPUSH', K.BELL, '1') end
      return
    end
  end
end

if room == 0 then ring_for_what_is_left() end
return { again, unpack(taken) }
