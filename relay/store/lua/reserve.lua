-- Reserves the next moment at which a call of this account may start. ARGV: account, ms between its calls, how many may be
-- open. Returns in how many ms.
local now, spacing = now_ms(), tonumber(ARGV[2])
if spacing == 0 then return 0 end
local starts = math.max(now, next_start(ARGV[1], tonumber(ARGV[3]), spacing, now))
write_though_full()
keep_next_start(ARGV[1], starts + spacing, now)
return starts - now
