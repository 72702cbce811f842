#!/bin/bash
# power_boot.sh MACHINE: start the systemd of a Debian in a folder, in namespaces of its own.
# Nothing of this machine is seen there but its kernel; the control groups are systemd's own branch.
set -eu
root=$1
for branch in /sys/fs/cgroup/systemd /sys/fs/cgroup; do
  if [ -w "$branch/cgroup.procs" ]; then
    mkdir -p "$branch/linli-power"
    echo $$ >"$branch/linli-power/cgroup.procs" && break
  fi
done
exec unshare --fork --pid --mount --net --ipc --uts --cgroup --propagation private bash -euc '
mount --bind "$0" "$0"
cd "$0"
mount -t proc proc proc
mount -t sysfs sysfs sys
if [ -d /sys/fs/cgroup/systemd ]; then
  mount -t tmpfs tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
else
  mount -t cgroup2 cgroup2 sys/fs/cgroup
fi
mount -t tmpfs -o mode=755 tmpfs dev
while IFS=: read -r name major minor; do
  mknod -m 666 "dev/$name" c "$major" "$minor"
done <<<"null:1:3
zero:1:5
full:1:7
random:1:8
urandom:1:9
tty:5:0"
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
ip link set lo up
hostname linli
mkdir -p oldroot
pivot_root . oldroot
umount -l /oldroot
exec env -i container=linli PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
  /lib/systemd/systemd --system --log-target=journal
' "$root"
