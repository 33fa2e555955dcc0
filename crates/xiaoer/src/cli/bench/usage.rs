//! CPU time and memory, as the system counts them.

use std::fs;

/// Name of the threads that act as clients; what they use is not the server's.
pub(super) const CLIENT: &str = "bench-client";

/// Microseconds that the living threads of this process have used, clients and the first thread left out: that one reads lists
/// and waits. 0 where the system does not tell.
pub(super) fn server_us() -> i64 {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return 0 };
    let of_task = |folder: std::path::PathBuf| {
        let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
        let used = fs::read_to_string(folder.join("schedstat")).unwrap_or_default();
        let nanos = used.split(' ').next().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0);
        let is_first = folder.ends_with(std::process::id().to_string());
        if is_first || name.trim() == CLIENT { 0 } else { nanos / 1_000 }
    };
    tasks.filter_map(Result::ok).map(|task| of_task(task.path())).sum()
}

/// Microseconds that all threads of this process have used, also those that ended; 0 where the system does not tell.
pub(super) fn cpu_us() -> i64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: user and system time are the 12th and 13th field, in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|ticks| ticks.parse::<i64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) * 10_000
}

/// Memory of this process in MB, as the system counts it; 0 where it does not tell.
pub(super) fn memory_mb() -> i64 {
    memory_of_mb("self")
}

/// The same in kB.
pub(super) fn memory_kb() -> i64 {
    status_kb("self", "VmRSS:")
}

/// Memory of a process in MB, by its id.
pub(super) fn memory_of_mb(process: &str) -> i64 {
    status_kb(process, "VmRSS:") / 1_024
}

/// The most memory that this process ever had, in MB.
pub(super) fn peak_memory_mb() -> i64 {
    status_kb("self", "VmHWM:") / 1_024
}

fn status_kb(process: &str, key: &str) -> i64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<i64>().unwrap_or(0)
}
