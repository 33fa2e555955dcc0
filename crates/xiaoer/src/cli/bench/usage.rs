//! CPU time and memory, as the system counts them.

use std::fs;

/// Name of the threads that act as clients; what they use is not the server's.
pub(super) const CLIENT: &str = "bench-client";

/// Microseconds that the living threads of this process have used, clients and the first thread left out: that one reads lists
/// and waits. 0 where the system does not tell.
pub(super) fn server_us() -> i64 {
    threads_us(|id, name| name != CLIENT && id != std::process::id().to_string())
}

/// Microseconds that all living threads of this process have used.
pub(super) fn process_us() -> i64 {
    threads_us(|_, _| true)
}

fn threads_us(counts: impl Fn(&str, &str) -> bool) -> i64 {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return 0 };
    let of_task = |task: fs::DirEntry| {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        let used = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let nanos = used.split(' ').next().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0);
        if counts(&task.file_name().to_string_lossy(), name.trim()) { nanos / 1_000 } else { 0 }
    };
    tasks.filter_map(Result::ok).map(of_task).sum()
}

/// Memory of this process in MB, as the system counts it; 0 where it does not tell.
pub(super) fn memory_mb() -> i64 {
    memory_of_mb("self")
}

/// Memory of a process in MB, by its id.
pub(super) fn memory_of_mb(process: &str) -> i64 {
    status_mb(process, "VmRSS:")
}

/// The most memory that this process ever had, in MB.
pub(super) fn peak_memory_mb() -> i64 {
    status_mb("self", "VmHWM:")
}

fn status_mb(process: &str, key: &str) -> i64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<i64>().unwrap_or(0) / 1_024
}
