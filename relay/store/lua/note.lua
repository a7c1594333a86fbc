-- Writes small signs of life (a beat, a heartbeat) even when the store is full. ARGV: the commands, packed.
write_though_full()
run(ARGV[1])
