//! The user of a command, and the household.
//!
//! Users are numbered. The user of a command is the smaller of two draws below a bound that grows by one every twenty commands. A
//! corpus of any length has about one user for twenty commands, and the most active tenth of the users gives about half of all
//! commands.

use super::draw::{Draw, Stream};
use crate::model::{Household, Member, ShoppingList, Text, Zone};

/// Commands per user, on average.
const COMMANDS_PER_USER: u64 = 20;

/// Members of consecutive households; they repeat.
const SIZES: [u64; 11] = [2, 3, 1, 4, 2, 3, 5, 2, 4, 1, 3];

/// The sum of [`SIZES`].
const USERS_PER_ROUND: u64 = 30;

const NAMES: [&str; 12] = ["Аня", "Игорь", "Маша", "Олег", "Лена", "Петя", "Ира", "Дима", "Anna", "Tom", "Kate", "Max"];

/// Any household keeps one of the first two.
const LISTS: [(&str, &str); 4] =
    [("list-main", "Основной"), ("list-food", "Продукты"), ("list-home", "Для дома"), ("list-drugstore", "Аптека")];
const ZONES: [(&str, &str); 4] =
    [("zone-kitchen", "Кухня"), ("zone-bath", "Ванная"), ("zone-living", "Гостиная"), ("zone-hall", "Коридор")];

/// A user in a household.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Home {
    pub(super) user_id: String,
    pub(super) household: Household<'static>,
    /// One of the household's lists.
    pub(super) default_list: &'static str,
    /// Whether its commands name the default list, as all do where there are several lists.
    pub(super) names_default: bool,
    pub(super) quiet_hours: Option<&'static str>,
}

/// Draws the number of the user who gives command `index`.
pub(super) fn user_of(index: u64, draw: &mut Draw) -> u64 {
    let known = 1 + index / COMMANDS_PER_USER;
    draw.below(known).min(draw.below(known))
}

/// The household around user `user`: the same for all of its members' commands.
pub(super) fn home_of(seed: u64, user: u64) -> Home {
    let (number, first_member, size) = household_of(user);
    let mut draw = Draw::new(Stream::Home, seed, number);
    let user_id = |user: u64| format!("user-{seed}-{user:06}");
    let has_names = draw.percent(50);
    let members = (first_member..first_member + size).map(|member| Member {
        user_id: user_id(member).into(),
        display_name: has_names.then(|| draw.pick(&NAMES).into()),
        role: has_names.then(|| if member == first_member { "admin" } else { "member" }.into()),
        workload_score: None,
    });
    let members = members.collect();
    let list_count = draw.weighted([(60, 1), (28, 2), (12, 3)]).unwrap_or(1);
    let lists: Vec<_> = some_of(LISTS, list_count, draw.position(2)).collect();
    // Mostly the first.
    let preferred = if draw.percent(80) { 0 } else { draw.position(lists.len()) };
    let default_list = lists.get(preferred).map_or("list-main", |(id, _)| id);
    let zone_count = draw.weighted([(50, 0), (30, 1), (20, 2)]).unwrap_or(0);
    let zones: Vec<_> = some_of(ZONES, zone_count, draw.position(ZONES.len()))
        .map(|(id, name)| Zone { zone_id: id.into(), name: name.into() })
        .collect();
    Home {
        user_id: user_id(user),
        default_list,
        names_default: lists.len() > 1 || draw.percent(60),
        quiet_hours: draw.percent(20).then_some("22:00-07:00"),
        household: Household {
            household_id: Some(Text::from(format!("home-{seed}-{number:06}"))),
            members,
            zones: (!zones.is_empty()).then_some(zones),
            shopping_lists: Some(
                lists.iter().map(|(id, name)| ShoppingList { list_id: (*id).into(), name: (*name).into() }).collect(),
            ),
        },
    }
}

/// The number of a user's household, its first member, and its size.
fn household_of(user: u64) -> (u64, u64, u64) {
    let round = user / USERS_PER_ROUND;
    let mut number = round * SIZES.len() as u64;
    let mut first = round * USERS_PER_ROUND;
    for size in SIZES {
        if user < first + size {
            return (number, first, size);
        }
        number += 1;
        first += size;
    }
    (number, user, 1)
}

/// `count` of several, in their order, from `start` on and around.
fn some_of<T: Copy, const N: usize>(all: [T; N], count: usize, start: usize) -> impl Iterator<Item = T> {
    (0..count.min(N)).filter_map(move |position| all.get((start + position) % N).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_is_in_one_household() {
        assert_eq!(SIZES.iter().sum::<u64>(), USERS_PER_ROUND);
        for user in 0..200 {
            let (number, first, size) = household_of(user);
            assert!((first..first + size).contains(&user) && (1..=5).contains(&size));
            assert!((first..first + size).all(|member| household_of(member) == (number, first, size)));
        }
    }

    #[test]
    fn the_default_list_is_one_of_the_household() {
        for user in 0..500 {
            let home = home_of(9, user);
            let lists = home.household.shopping_lists.unwrap();
            assert!((1..=3).contains(&lists.len()));
            assert!(lists.iter().any(|list| list.list_id == *home.default_list));
            assert!(lists.len() == 1 || home.names_default);
            assert!(home.household.members.iter().any(|member| member.user_id == *home.user_id));
        }
    }

    #[test]
    fn few_users_give_most_commands() {
        let count = 40_000_u64;
        let mut commands = vec![0_u64; usize::try_from(count / COMMANDS_PER_USER).unwrap()];
        for index in 0..count {
            let user = user_of(index, &mut Draw::new(Stream::Command, 1, index));
            commands[usize::try_from(user).unwrap()] += 1;
        }
        commands.sort_unstable_by(|a, b| b.cmp(a));
        let tenth = commands.iter().take(commands.len() / 10).sum::<u64>();
        assert!((count * 40 / 100..count * 56 / 100).contains(&tenth), "{tenth}");
    }
}
