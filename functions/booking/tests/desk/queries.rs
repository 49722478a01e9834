//! What waits, and what would be done about it.

use std::time::Duration;

use holdfast_booking::desk::{Errand, Filter, Said};
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::Participant;

use crate::stage::{clerk, errand, redrive, stuck, unpaid};
use crate::support::Bench;

#[tokio::test]
async fn a_dry_run_tells_what_would_be_done_and_changes_nothing() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "dry", "unavailable:1", "Cancelled").await;
    let ben = clerk(&bench, "ben");
    let before = (bench.snapshot(&id).await, bench.history(&id).await);
    let dry = Errand {
        dry_run: true,
        ..errand(&id, "why")
    };
    let reports = [
        ben.redrive(&dry, &bench.supplier).await.unwrap(),
        ben.resolve(&dry).await.unwrap(),
        ben.abandon(&dry).await.unwrap(),
    ];
    for report in reports {
        assert_eq!(report.after, BookingStatus::Cancelled, "{report:?}");
        assert_eq!(report.did.len(), 1, "{report:?}");
        assert_eq!(report.did[0].outcome, Said::WouldBeDone);
    }
    assert_eq!(
        (bench.snapshot(&id).await, bench.history(&id).await),
        before
    );
    assert_eq!(bench.audit(&id).await, ["hotel held"]);
    assert!(redrive(&bench, &id).await.went_well());
}

#[tokio::test]
async fn what_waits_is_listed_with_all_that_is_known_of_it() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "listed", "unavailable", "Refused").await;
    let (owed, _) = unpaid(&bench, "owing", "unavailable").await;
    let ana = clerk(&bench, "ana");
    let ids = async |filter: &Filter| {
        let found = ana.list(filter).await.unwrap().into_iter();
        let mut ids: Vec<_> = found.map(|waiting| waiting.booking_id).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&Filter::default()).await, [id.clone(), owed.clone()]);
    let hotels = Filter {
        kind: Some(Participant::Leg(Kind::Hotel)),
        ..Filter::default()
    };
    assert_eq!(ids(&hotels).await, std::slice::from_ref(&id));
    let old = Filter {
        older_than: Duration::from_secs(3600),
        ..Filter::default()
    };
    assert!(ids(&old).await.is_empty());
    let shown = ana.show(&id).await.unwrap();
    let left = &shown.waiting.left[0];
    assert_eq!(left.work.leg, "hotel");
    assert!(left.attempts > 0, "{left:?}");
    assert!(left.handed_over.is_some(), "{left:?}");
    assert!(
        left.cause.as_deref().unwrap().contains("Unavailable"),
        "{left:?}"
    );
    assert!(left.reference.is_some(), "{left:?}");
}
