//! What a seal keeps, and what it refuses.

use proptest::prelude::*;
use xr_seal::{DataKey, Keeper, MasterKey, OVERHEAD_BYTES, Place, Ring, SealError};

const HERE: Place = Place { column: "recipients.sealed", row: 7 };

fn ring(numbers: &[u8]) -> Ring {
    let mut ring = Ring::default();
    for number in numbers {
        ring.add(u32::from(*number), DataKey::from_secret(&[*number; 32]), false);
    }
    ring
}

proptest! {
    #[test]
    fn whatever_is_sealed_comes_back_and_shows_nothing(content in proptest::collection::vec(any::<u8>(), 0..300), row: i64) {
        let (ring, place) = (ring(&[1]), Place { row, ..HERE });
        let sealed = ring.seal(place, &content).unwrap();
        prop_assert_eq!(sealed.len(), content.len() + OVERHEAD_BYTES);
        prop_assert!(content.len() < 8 || !sealed.windows(content.len()).any(|part| part == content));
        prop_assert_eq!(ring.open(place, &sealed).unwrap(), content);
    }

    #[test]
    fn a_changed_bit_is_seen_wherever_it_is(bit in 0_usize..(OVERHEAD_BYTES + 11) * 8) {
        let ring = ring(&[1]);
        let mut sealed = ring.seal(HERE, b"13812345678").unwrap();
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(ring.open(HERE, &sealed).is_err());
    }
}

#[test]
fn nothing_opens_at_another_place() {
    let ring = ring(&[1]);
    let sealed = ring.seal(HERE, b"13812345678").unwrap();
    let elsewhere = [Place { row: 8, ..HERE }, Place { column: "recipients.other", ..HERE }];
    for place in elsewhere {
        assert_eq!(ring.open(place, &sealed), Err(SealError::Damaged(place.to_string())));
    }
}

#[test]
fn the_newest_key_seals_and_the_old_ones_still_open() {
    let (mut keys, old) = (ring(&[1]), ring(&[1]).seal(HERE, b"old").unwrap());
    keys.add(2, DataKey::from_secret(&[2; 32]), false);
    let new = keys.seal(HERE, b"new").unwrap();
    assert_eq!((keys.open(HERE, &old).unwrap(), keys.open(HERE, &new).unwrap()), (b"old".to_vec(), b"new".to_vec()));
    assert_eq!(ring(&[1]).open(HERE, &new), Err(SealError::UnknownKey(2)));
    keys.add(1, DataKey::from_secret(&[1; 32]), true);
    assert_eq!(keys.open(HERE, &old).unwrap(), b"old", "what a sleeping process brings late is still read");
}

#[test]
fn a_key_number_that_is_forged_opens_nothing() {
    // Two keys of one secret: only the head tells them apart.
    let mut keys = Ring::default();
    keys.add(1, DataKey::from_secret(&[1; 32]), false);
    keys.add(2, DataKey::from_secret(&[1; 32]), false);
    let mut sealed = keys.seal(HERE, b"content").unwrap();
    sealed[4] = 1;
    assert_eq!(keys.open(HERE, &sealed), Err(SealError::Damaged(HERE.to_string())));
}

#[test]
fn without_a_key_nothing_is_sealed_opened_or_looked_up() {
    let (locked, sealed) = (Ring::default(), ring(&[1]).seal(HERE, b"content").unwrap());
    assert_eq!(locked.seal(HERE, b"content"), Err(SealError::Locked));
    assert_eq!(locked.open(HERE, &sealed), Err(SealError::Locked));
    assert_eq!(locked.lookup("phone", "1"), Err(SealError::Locked));
    assert_eq!(locked.lookups("phone", "1"), Err(SealError::Locked));
}

#[test]
fn what_was_never_sealed_is_no_panic() {
    for content in [b"".as_slice(), b"x", b"13812345678", &[1; 20], &[0; 60]] {
        assert!(ring(&[1]).open(HERE, content).is_err());
    }
}

#[test]
fn look_ups_agree_for_one_purpose_and_key_only() {
    let (one, both) = (ring(&[1]), ring(&[1, 2]));
    let phone = one.lookup("phone", "13812345678").unwrap();
    assert_eq!(one.lookup("phone", "13812345678").unwrap(), phone);
    assert!(phone >= 0);
    assert_ne!(one.lookup("name", "13812345678").unwrap(), phone);
    assert_ne!(one.lookup("phone", "13812345679").unwrap(), phone);
    assert_ne!(both.lookup("phone", "13812345678").unwrap(), phone, "the newest key is used");
    assert_eq!(both.lookups("phone", "13812345678").unwrap()[1], phone, "the old one is tried after it");
    let mut spent = ring(&[2]);
    spent.add(1, DataKey::from_secret(&[1; 32]), true);
    assert_eq!((spent.lookups("phone", "13812345678").unwrap().len(), spent.spent()), (1, 1), "a spent one is not");
    assert_ne!(one.lookup("a", "bc").unwrap(), one.lookup("ab", "c").unwrap());
}

#[test]
fn what_lies_sealed_on_disks_is_read_by_every_later_version() {
    let known = "0100000001adb29e8d3fc0256b8defd00dee26a8bb4438c099f7b0aeb99de8ca";
    let sealed = ring(&[1]).seal(HERE, b"13812345678").unwrap();
    let hex: Vec<String> = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.concat(), known);
    assert_eq!(ring(&[1]).lookup("phone", "13812345678").unwrap(), 7_953_490_450_140_582_535);
}

#[test]
fn a_master_key_unwraps_what_it_wrapped_and_nothing_else() {
    let (file, other) = (MasterKey::new("file", &[9; 32]), MasterKey::new("file", &[8; 32]));
    let wrapped = file.wrap(1, &[5; 32]).unwrap();
    assert_eq!(*file.unwrap(1, &wrapped).unwrap(), [5; 32]);
    assert!(file.unwrap(2, &wrapped).is_err(), "another number");
    assert!(other.unwrap(1, &wrapped).is_err(), "another key");
    assert!(MasterKey::new("secret", &[9; 32]).unwrap(1, &wrapped).is_err(), "another kind");
    assert_ne!(file.name(), other.name());
    assert!(file.name().starts_with("file:") && file.name().len() == "file:".len() + 16);
    assert!(!wrapped.windows(4).any(|part| part == [5; 4]));
}
