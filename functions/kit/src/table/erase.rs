//! Takes out of stored items what says who a customer is, and leaves the rest: the aggregate, its states and its
//! history stay readable. Rows with a version get the next one, so that a writer that has read the row before
//! loses its race, and never puts back what is gone.

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_core::email::ERASED;
use holdfast_core::failure::Failure;

use super::item::{Item, number, text_of};
use super::{Aggregate, Condition, EVENTS, Items, Put, Table};

/// More than may be written at the same time: whoever loses as often as this comes again.
const MOST_RACES: usize = 12;
/// Stands where a name or a place was.
const NOTHING: &str = "erased";
/// What an address of a parcel says of a person. The country stays, for what was sold where is no secret.
const OF_AN_ADDRESS: [&str; 3] = ["name", "postcode", "city"];

/// Takes personal data out of an item, wherever it stands in it: e-mail addresses, names of passengers, where
/// goods went. `false` where there was none.
pub fn erase(item: &mut Item) -> bool {
    let passengers = item.get("passengers").is_some_and(has_names);
    if passengers {
        item.remove("passengers");
    }
    let mut erased = passengers;
    for (name, value) in item.iter_mut() {
        erased |= erase_one(name, value);
    }
    erased
}

/// A number of passengers tells no name.
fn has_names(passengers: &AttributeValue) -> bool {
    passengers.is_l() || passengers.is_ss() || passengers.is_m()
}

fn erase_one(name: &str, value: &mut AttributeValue) -> bool {
    match value {
        AttributeValue::S(email) if name == "email" => replace(email, ERASED),
        AttributeValue::M(address) if name == "deliver_to" => {
            let mut erased = false;
            for part in OF_AN_ADDRESS {
                if let Some(AttributeValue::S(said)) = address.get_mut(part) {
                    erased |= replace(said, NOTHING);
                }
            }
            erased
        }
        AttributeValue::M(fields) => erase(fields),
        AttributeValue::L(values) => {
            let mut erased = false;
            for value in values {
                erased |= erase_one("", value);
            }
            erased
        }
        _ => false,
    }
}

fn replace(said: &mut String, by: &str) -> bool {
    let differs = said != by;
    if differs {
        by.clone_into(said);
    }
    differs
}

impl Items {
    /// Takes personal data out of all items of a partition. The same again finds nothing to do.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; the same again goes on from there.
    pub async fn erase_in(&self, partition: &str) -> Result<(), Failure> {
        for item in self.in_partition(partition, "").await? {
            self.erase_item(item).await?;
        }
        Ok(())
    }

    async fn erase_item(&self, mut item: Item) -> Result<(), Failure> {
        for _ in 0..MOST_RACES {
            let known = item.clone();
            if !erase(&mut item) {
                return Ok(());
            }
            let condition = next_version(&mut item, &known);
            match self.put("erasing", item, &condition).await? {
                Put::Done | Put::Refused(None) => return Ok(()),
                Put::Refused(Some(current)) => item = current,
            }
        }
        Err(self.unavailable("erasing", "too many write at once"))
    }
}

/// What must still be there. History has no versions: events are not written twice.
fn next_version(item: &mut Item, known: &Item) -> Condition {
    let is_event = text_of(known, "sk").is_some_and(|sort| sort.starts_with(EVENTS));
    let version = known.get("version").filter(|_| !is_event);
    let counted = version.and_then(|version| version.as_n().ok()?.parse::<u64>().ok());
    match (version, counted) {
        (Some(version), Some(counted)) => {
            item.insert("version".to_owned(), number(counted + 1));
            Condition::Has(vec![("version", version.clone())])
        }
        _ => {
            let same = known.get("sk").cloned();
            Condition::Has(same.map(|sort| ("sk", sort)).into_iter().collect())
        }
    }
}

impl<A: Aggregate> Table<A> {
    /// Takes personal data out of all rows and events of an aggregate.
    ///
    /// # Errors
    /// As for [`Items::erase_in`].
    pub async fn erase(&self, id: &A::Id) -> Result<(), Failure> {
        self.items.erase_in(&Self::partition(id)).await
    }

    /// All rows and events of an aggregate, as they are stored.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn stored(&self, id: &A::Id) -> Result<Vec<Item>, Failure> {
        self.items.in_partition(&Self::partition(id), "").await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::item::text;
    use super::*;

    fn erased(stored: Value) -> Option<Value> {
        let mut item: Item = serde_dynamo::to_item(stored).unwrap();
        erase(&mut item).then(|| serde_dynamo::from_item(item).unwrap())
    }

    #[test]
    fn what_says_who_a_customer_is_goes_and_all_else_stays() {
        let stored = json!({
            "customer": {"id": "cus_1", "email": "ana@example.com"},
            "passengers": ["Ana Silva", {"name": "Bo"}],
            "ended": {"customer": {"id": "cus_1", "email": "ana@example.com"}, "trip": [{"city": "LIS"}]},
            "list": [{"email": "ana@example.com"}],
            "request": {"deliver_to": {"name": "Ana", "postcode": "1", "city": "Rio", "country": "BR"}},
            "spec": {"from": "GRU", "passengers": 2},
            "name": "booked", "city": "LIS",
        });
        let left = json!({
            "customer": {"id": "cus_1", "email": ERASED},
            "ended": {"customer": {"id": "cus_1", "email": ERASED}, "trip": [{"city": "LIS"}]},
            "list": [{"email": ERASED}],
            "request": {"deliver_to": {"name": NOTHING, "postcode": NOTHING, "city": NOTHING, "country": "BR"}},
            "spec": {"from": "GRU", "passengers": 2},
            "name": "booked", "city": "LIS",
        });
        assert_eq!(erased(stored), Some(left.clone()));
        assert_eq!(erased(left), None, "the same again finds nothing to do");
    }

    #[test]
    fn a_row_gets_the_next_version_and_an_event_none() {
        let known =
            |sort: &str| Item::from([("sk".into(), text(sort)), ("version".into(), number(7))]);
        let mut row = known("BOOKING");
        let condition = next_version(&mut row, &known("BOOKING"));
        assert_eq!(row["version"], number(8));
        assert_eq!(condition, Condition::Has(vec![("version", number(7))]));
        let mut event = known("EVENT#1");
        next_version(&mut event, &known("EVENT#1"));
        assert_eq!(event["version"], number(7));
    }
}
