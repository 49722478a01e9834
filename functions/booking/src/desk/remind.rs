//! Messages that may be lost are sent again: what waits is told by the bookings themselves.

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::desk::lost_work;
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::cause::Cause;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::Reminder;

use super::DeskItem;

/// The messages for what waits of a booking that nobody has tried of late.
pub fn remind(snapshot: &Snapshot, now: Timestamp) -> Option<Reminder<DeskItem>> {
    let (work, pause) = lost_work(snapshot, now)?;
    let errands = work.into_iter().map(|work| errand(snapshot, work));
    Some(Reminder {
        errands: errands.collect(),
        pause,
    })
}

fn errand(snapshot: &Snapshot, work: Work) -> DeskItem {
    let booking = &snapshot.booking;
    let cause = Cause {
        step: work.leg.clone(),
        message: "sent again: nobody had tried it for a while".to_owned(),
        ..Cause::default()
    };
    DeskItem {
        id: booking.booking_id.clone(),
        trace_id: booking.trace_id.clone(),
        work,
        cause,
        since: booking.updated,
    }
}
