//! One loop for both engines: run commands, undo refused ones, fire due clocks first, commit, then answer.

use crate::command::Task;
use crate::leases;
use crate::mutant::Mutant;
use crate::store::{DueHandler, Shared};
use crate::tx::{Connection, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tracing::{error, warn};
use xr_base::{CaseId, Clash, Fault, StoreError};

/// Serialization failures and deadlocks are tried so often before the caller hears of them (decision D12).
const RETRIES_MAX: u32 = 5;
/// A case's clocks may chain; more rounds than this mean a loop of clocks, which the checker refuses.
const DUE_ROUNDS_MAX: u32 = 64;

/// Runs `tasks` as one group and answers each after the commit.
pub(crate) fn run(conn: &mut dyn Connection, shared: &Shared, tasks: Vec<Box<dyn Task>>) {
    if let Err(error) = conn.group_begin() {
        return refuse_all(tasks.into_iter().map(|t| (t, None)).collect(), &error);
    }
    let mut done = Vec::with_capacity(tasks.len());
    let mut broken = None;
    for mut task in tasks {
        if broken.is_some() {
            done.push((task, None));
            continue;
        }
        let fault = run_one(conn, shared, task.as_mut());
        if !conn.is_intact() {
            broken = Some(StoreError::Engine("the transaction was rolled back by the engine".to_owned()));
        }
        done.push((task, fault));
    }
    let committed = match broken {
        Some(error) => Err(error),
        None => commit_group(conn, shared),
    };
    match committed {
        Ok(()) => {
            shared.committed();
            for (task, fault) in done {
                shared.count(task.name(), fault.as_ref());
                task.answer(fault);
            }
        }
        Err(error) => {
            error!(%error, "A group of commands could not be committed");
            refuse_all(done, &error);
        }
    }
}

/// On SQLite one commit for the group; on PostgreSQL every command has committed already.
fn commit_group(conn: &mut dyn Connection, shared: &Shared) -> Result<(), StoreError> {
    if !conn.commits_as_group() {
        return conn.group_commit();
    }
    let node = shared.node();
    let mark = shared.reserve_ids(conn, node)?;
    conn.group_commit()?;
    shared.has_reserved(node, mark);
    Ok(())
}

/// Commits a transaction whose ids were drawn under `node`, unless another process holds that number by now.
fn commit(conn: &mut dyn Connection, shared: &Shared, node: u8, is_fenced: bool) -> Result<(), StoreError> {
    if conn.commits_as_group() {
        return conn.commit();
    }
    let mark = shared.reserve_ids(conn, node)?;
    if is_fenced {
        leases::hold(conn, &format!("node:{node}"), &shared.instance)?;
    }
    conn.commit()?;
    shared.has_reserved(node, mark);
    Ok(())
}

fn refuse_all(tasks: Vec<(Box<dyn Task>, Option<Fault>)>, error: &StoreError) {
    for (task, _) in tasks {
        let error = match error {
            StoreError::Retry(clash, why) => StoreError::Retry(*clash, why.clone()),
            other => StoreError::Engine(other.to_string()),
        };
        task.answer(Some(error.into()));
    }
}

fn run_one(conn: &mut dyn Connection, shared: &Shared, task: &mut dyn Task) -> Option<Fault> {
    let (mut retries, mut due_rounds) = (0, 0);
    loop {
        match attempt(conn, shared, &mut |tx| task.attempt(tx)) {
            Ok(()) => return None,
            Err(Fault::ClockDue(case)) if due_rounds < DUE_ROUNDS_MAX => {
                due_rounds += 1;
                if let Err(fault) = fire_due(conn, shared, case) {
                    return Some(fault);
                }
            }
            Err(Fault::Store(StoreError::Retry(clash, why))) if retries < RETRIES_MAX && conn.is_intact() => {
                retries += 1;
                shared.count_retry(clash, &why);
                back_off(retries);
            }
            Err(fault) => {
                if fault.problem().is_some() && conn.is_intact() {
                    let kept = attempt(conn, shared, &mut |tx| task.keep_refusal(tx, &fault));
                    match kept {
                        // The same key was used at once and the other was first: its answer is the answer.
                        Err(Fault::Store(StoreError::Retry(clash, why))) if retries < RETRIES_MAX => {
                            retries += 1;
                            shared.count_retry(clash, &why);
                            continue;
                        }
                        Err(Fault::Store(error)) => return Some(error.into()),
                        _ => {}
                    }
                }
                return Some(fault);
            }
        }
    }
}

/// Fires what is due on `case` as a transaction of its own, so that it stays even if the late act is refused (decision D5).
/// A consequence that reaches a case with an earlier due fires that one first.
fn fire_due(conn: &mut dyn Connection, shared: &Shared, case: CaseId) -> Result<(), Fault> {
    let handler = shared.ext.iter().find_map(|any| any.downcast_ref::<DueHandler>());
    let Some(DueHandler(handler)) = handler else {
        return Err(StoreError::Engine("a clock is due, but no engine is wired".to_owned()).into());
    };
    let (mut waiting, mut retries, mut rounds) = (vec![case], 0, 0);
    while let Some(next) = waiting.last().copied() {
        rounds += 1;
        match attempt(conn, shared, &mut |tx| handler(tx, next)) {
            Ok(()) => {
                waiting.pop();
            }
            Err(Fault::ClockDue(earlier)) if rounds < DUE_ROUNDS_MAX => waiting.push(earlier),
            Err(Fault::Store(StoreError::Retry(clash, why))) if retries < RETRIES_MAX => {
                retries += 1;
                shared.count_retry(clash, &why);
                back_off(retries);
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn attempt(
    conn: &mut dyn Connection,
    shared: &Shared,
    work: &mut dyn FnMut(&mut Tx<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    conn.begin()?;
    let (now, node) = (shared.command_now(), shared.node());
    let mut is_fenced = true;
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut tx = Tx::new(&mut *conn, shared, now);
        work(&mut tx)?;
        is_fenced = !tx.lacks(Mutant::Fence);
        if tx.has_failed() {
            return Err(StoreError::Engine("a command went on after a statement had failed".to_owned()).into());
        }
        if tx.seals_with_old_key() {
            return Err(StoreError::Retry(Clash::Overtaken, "a newer data key seals".to_owned()).into());
        }
        Ok(())
    }));
    let result = result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|t| (*t).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        error!(panic = text, "A command panicked; its work is undone");
        Err(StoreError::Engine("a command panicked".to_owned()).into())
    });
    match result {
        Ok(()) => {
            let committed = commit(conn, shared, node, is_fenced);
            shared.slow.carried(conn.carried());
            if let Err(error) = committed {
                let _ = conn.rollback();
                return Err(error.into());
            }
            Ok(())
        }
        Err(fault) => {
            if let Err(error) = conn.rollback() {
                warn!(%error, "Undoing a command failed");
            }
            Err(fault)
        }
    }
}

/// Grows with every try and differs between threads, so that two losers do not meet again.
fn back_off(retries: u32) {
    let spread = std::thread::current().id();
    let jitter = format!("{spread:?}").bytes().map(u64::from).sum::<u64>() % 7;
    std::thread::sleep(Duration::from_millis(u64::from(retries * retries) * 2 + jitter));
}
