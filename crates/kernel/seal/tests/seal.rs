//! What a seal keeps, and what it refuses.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use xr_seal::{DataKey, FileKey, FileSecret, Keeper, MasterKey, OVERHEAD_BYTES, Place, Ring, SealError};

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

fn file_key(content: &[u8]) -> FileKey {
    ring(&[1]).file_secret("file 1", content).unwrap().key()
}

#[test]
fn a_file_comes_back_whole_whatever_its_length() {
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let content: Vec<u8> = (0..length).map(|n: u32| n.to_le_bytes()[(n % 3) as usize]).collect();
        let key = file_key(&content);
        let sealed = key.seal_file(&content).unwrap();
        assert!(key.open_file(&sealed).unwrap() == content, "{length}");
        assert!(content.len() < 16 || !sealed.windows(16).any(|part| part == &content[..16]), "{length}");
    }
}

#[test]
fn a_file_that_was_cut_lengthened_reordered_or_changed_does_not_open() {
    let content = vec![b'a'; 200_000];
    let key = file_key(&content);
    let sealed = key.seal_file(&content).unwrap();
    let (mark, chunk) = (8, 65_552);
    let ends = [0, 1, mark, mark + 1, mark + chunk, mark + 2 * chunk, mark + 3 * chunk, sealed.len() - 1];
    for end in ends {
        assert!(key.open_file(&sealed[..end]).is_err(), "cut at {end}");
    }
    assert!(key.open_file(&[sealed.as_slice(), &[0]].concat()).is_err());
    let (head, rest) = sealed.split_at(mark);
    let (one, two, tail) = (&rest[..chunk], &rest[chunk..2 * chunk], &rest[2 * chunk..]);
    assert!(key.open_file(&[head, two, one, tail].concat()).is_err(), "two chunks change places");
    assert!(key.open_file(&[head, one, tail].concat()).is_err(), "one is left out");
    assert!(key.open_file(&[head, one, one, two, tail].concat()).is_err(), "one comes twice");
    for at in [0, mark, mark + chunk, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(key.open_file(&changed).is_err(), "changed at {at}");
    }
}

#[test]
fn a_piece_opens_at_its_place_in_its_own_file_only() {
    let (mine, other) = (file_key(b"mine"), file_key(b"other"));
    let sealed = mine.seal("parts.sealed", 3, b"13812345678").unwrap();
    assert_eq!(mine.open("parts.sealed", 3, &sealed).unwrap(), b"13812345678");
    assert!(mine.open("parts.sealed", 2, &sealed).is_err() && mine.open("rows.sealed", 3, &sealed).is_err());
    assert!(other.open("parts.sealed", 3, &sealed).is_err());
    // A whole file is no piece, and a piece no file.
    assert!(mine.open_file(&sealed).is_err() && mine.open("file.last", 0, &mine.seal_file(b"x").unwrap()).is_err());
}

#[test]
fn the_key_of_a_file_depends_on_data_key_purpose_and_content() {
    let secret = |byte, purpose, content: &[u8]| ring(&[byte]).file_secret(purpose, content).unwrap().bytes().to_vec();
    let first = secret(1, "file 1", b"a");
    assert_eq!(first, secret(1, "file 1", b"a"));
    for other in [secret(2, "file 1", b"a"), secret(1, "file 2", b"a"), secret(1, "file 1", b"b")] {
        assert_ne!(first, other);
    }
    assert_eq!(Ring::default().file_secret("file 1", b"a").unwrap_err(), SealError::Locked);
    assert_eq!(format!("{:?}", FileSecret::from_bytes(&[9; 32]).unwrap()), "FileSecret", "it does not reach a log");
    assert!(FileSecret::from_bytes(&[9; 31]).is_none());
}
