//! What a command is about.

use super::wire::wire_enum;

wire_enum! {
    /// The intent that the baseline finds. The corridor is open for one of them at most.
    Intent, "intent" {
        /// Something is to be bought.
        AddShoppingItem = "add_shopping_item",
        /// Something is to be done.
        CreateTask = "create_task",
        /// Neither can be told.
        ClarifyNeeded = "clarify_needed",
    }
}
