# Keeps the processors of a virtual machine from falling asleep for as long as process $1 lives. Some hosts give a processor
# that slept back after many milliseconds, which no sound device survives: busy with the least urgent work there is, which
# gives way to any other, they are woken at once. On real hardware it does nothing.
grep -q '^flags.* hypervisor' /proc/cpuinfo || exit 0
[ "$2" = idle ] || exec chrt --idle 0 sh "$0" "$1" idle
for _ in $(seq "$(nproc)"); do
  while kill -0 "$1" 2>/dev/null; do
    n=0
    while [ $n -lt 20000 ]; do n=$((n + 1)); done
  done &
done
wait
