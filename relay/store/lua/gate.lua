-- Closes a gate, or changes or opens one that is closed, even when the store is full. ARGV: its name, 'close', 'change',
-- 'open' or 'resume' (a person opens it), its fields as JSON (null: the field goes), the reason of a person's pause. Returns 1
-- when it was written.
-- One that stands is closed anew by a probe that failed, and by a person, whose pause holds until a person ends it: whoever
-- was still busy with the reason for the gate before leaves it alone.
write_though_full()
local raw = redis.call('HGET', K.GATES, ARGV[1])
local fine, standing = pcall(cjson.decode, raw or 'null')
if not raw or not fine then standing = nil end
local gate = cjson.decode(ARGV[3])
if ARGV[2] == 'close' then
  local by_a_person = gate.reason == ARGV[4] and standing and standing.reason ~= ARGV[4]
  if standing and standing.state ~= 'probing' and not by_a_person then return 0 end
elseif ARGV[2] == 'resume' then
  return redis.call('HDEL', K.GATES, ARGV[1])
else
  if not standing or standing.reason == ARGV[4] then return 0 end
  if ARGV[2] == 'open' then return redis.call('HDEL', K.GATES, ARGV[1]) end
  local changes = gate
  gate = standing
  for name, value in pairs(changes) do gate[name] = value ~= cjson.null and value or nil end
end
redis.call('HSET', K.GATES, ARGV[1], cjson.encode(gate))
return 1
