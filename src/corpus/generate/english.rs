//! English word lists, in the order of [`super::russian`] where there is a counterpart.

use super::lexicon::Measure::{self, Gram, Piece, Unit};
use super::lexicon::{Good, Lexicon, buy, good, put};
use crate::model::Intent::{AddShoppingItem, ClarifyNeeded, CreateTask};

const LITER: Measure = Unit(["liter", "liters", "liters"]);
const KILO: Measure = Unit(["kg", "kg", "kg"]);
const PACK: Measure = Unit(["pack", "packs", "packs"]);
const BOTTLE: Measure = Unit(["bottle", "bottles", "bottles"]);
const CAN: Measure = Unit(["can", "cans", "cans"]);
const JAR: Measure = Unit(["jar", "jars", "jars"]);
const LOAF: Measure = Unit(["loaf", "loaves", "loaves"]);
const BAR: Measure = Unit(["bar", "bars", "bars"]);

/// English uses the same form after a number. "of" would become a part of the baseline's item.
const fn plain(name: &'static str, near: &'static str, measure: Measure) -> Good {
    good(name, name, near, measure)
}

#[rustfmt::skip]
pub(super) const ENGLISH: Lexicon = Lexicon {
    tag: "en",
    goods: [
        plain("milk", "silk", LITER), plain("bread", "beard", LOAF), plain("yogurts", "yurts", Piece),
        plain("cream", "scream", LITER), plain("ham", "hem", Gram), plain("cheese", "chess", Gram),
        plain("butter", "button", PACK), plain("eggs", "pegs", Piece), plain("flour", "flower", KILO),
        plain("salt", "malt", PACK), plain("sugar", "cigar", KILO), plain("rice", "mice", KILO),
        plain("oats", "boats", KILO), plain("pasta", "paste", PACK), plain("tea", "teak", PACK),
        plain("coffee", "toffee", PACK), plain("water", "wafer", BOTTLE), plain("juice", "juicer", LITER),
        plain("potatoes", "potions", KILO), plain("carrots", "parrots", KILO), plain("onions", "opinions", KILO),
        plain("garlic", "garland", Gram), plain("tomatoes", "tornadoes", KILO), plain("cucumbers", "lumbers", KILO),
        plain("apples", "maples", Piece), plain("bananas", "bandanas", Piece), plain("lemons", "melons", Piece),
        plain("oranges", "ranges", KILO), plain("chicken", "kitchen", KILO), plain("fish", "dish", KILO),
        plain("beef", "reef", Gram), plain("tuna", "tuba", CAN), plain("beans", "beads", CAN),
        plain("corn", "cord", CAN), plain("spinach", "Spanish", Gram), plain("honey", "money", JAR),
        plain("cookies", "cookers", PACK), plain("chocolate", "chalk", BAR), plain("soap", "soup", BAR),
        plain("shampoo", "bamboo", BOTTLE), plain("napkins", "pumpkins", PACK),
        plain("detergent", "deterrent", BOTTLE), plain("toothpaste", "toothpick", PACK),
        plain("toilet paper", "toilet pepper", PACK), plain("cat food", "cat foot", CAN),
        plain("batteries", "bakeries", PACK), plain("pepper", "paper", PACK), plain("cabbage", "garbage", KILO),
        plain("mushrooms", "showrooms", Gram), plain("olive oil", "olive soil", BOTTLE),
        plain("grapes", "drapes", KILO), plain("wine", "twine", BOTTLE),
    ],
    gram: "g",
    openings: [
        buy("Buy "), buy("Buy "), buy("Buy "), put("Add "), put("Add "), put("Add "), put("Add "),
        buy("Please buy "), put("Please add "), buy("Can you buy "), put("Hey, add "), buy("Don't forget to buy "),
    ],
    comma: ", ",
    conjunction: " and ",
    stop_phrases: [" to the list", " in the list", " to the list please", " to the list, please", " to the list!"],
    loose_endings: [" please", " thanks", " as usual", " on the way home"],
    task_leads: ["task: ", "todo: ", "Task: ", "Todo: "],
    chores: [
        "wash the dishes", "water the flowers", "take out the trash", "wash the curtains", "dust the shelves",
        "tidy the balcony", "fix the tap", "iron the shirts", "clean the bathroom", "change the bulb in the hall",
        "replace the filter", "wash the windows", "clean the oven", "defrost the fridge", "feed the cat",
        "walk the dog", "take the cat to the vet", "read the meters", "sort the wardrobe", "vacuum the carpet",
        "collect the parcel", "call the plumber", "mop the kitchen floor", "collect the toys",
        "change the bed sheets", "cook dinner", "return the library books", "hang the shelf",
    ],
    remarks: [
        "hello there", "what is for dinner?", "how is the weather?", "what time is it?", "are you there?",
        "tell me a joke", "who is home?", "is there any milk left?",
    ],
    confirmations: [
        "reschedule the cleaning", "what is the status of the laundry?", "complete the laundry",
        "show the plan for the week", "confirm", "is the cleaning done?", "redistribute the cleaning",
        "what is my workload?",
    ],
    empty_lists: ["Buy", "Add", "Shopping", "buy", "add", "Grocery list", "shopping list", "show the shopping list"],
    refused: [
        ("pay the electricity bill", ClarifyNeeded), ("pay for the parking", ClarifyNeeded),
        ("transfer money to Anna", ClarifyNeeded), ("turn on the robot vacuum", ClarifyNeeded),
        ("turn off the device in the hall", ClarifyNeeded), ("make a rule for the kitchen", ClarifyNeeded),
        ("task for everyone: clean the house", CreateTask), ("always buy the cheapest milk", AddShoppingItem),
        ("add bread to another household's list", AddShoppingItem),
        ("show the list of the other household", ClarifyNeeded),
    ],
    chatter: ["Here is the answer: ", "Done.\n", "Sure! ", "Item in the command: "],
};
