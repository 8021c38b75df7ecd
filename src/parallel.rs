//! Concurrent work with a limit.

use futures_util::{StreamExt, stream};

/// Default number of concurrent environments: twice the number of processors, since environments mostly wait for services.
#[must_use]
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).saturating_mul(2).min(8)
}

/// Applies `work` to each item, at most `jobs` concurrently. The results are in the order of the items.
pub async fn map<T, R, F>(items: impl IntoIterator<Item = T>, jobs: usize, work: impl Fn(T) -> F) -> Vec<R>
where
    F: Future<Output = R>,
{
    // Collected first, because otherwise the compiler cannot prove that the future is `Send`.
    let works: Vec<_> = items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            let work = work(item);
            async move { (place, work.await) }
        })
        .collect();
    let mut results: Vec<(usize, R)> = stream::iter(works).buffer_unordered(jobs.max(1)).collect().await;
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn results_are_in_order_and_no_more_than_allowed_run_at_once() {
        let (running, most) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
        let work = |number: u32| async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..number {
                tokio::task::yield_now().await;
            }
            running.fetch_sub(1, Ordering::SeqCst);
            number
        };
        assert_eq!(map([9, 1, 5, 0, 7], 2, work).await, [9, 1, 5, 0, 7]);
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }
}
