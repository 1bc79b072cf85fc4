//! What a command is about.

use super::wire::wire_enum;

wire_enum! {
    /// The intent that the baseline finds. The corridor is open for at most one.
    Intent, "intent" {
        /// Put something onto a shopping list.
        AddShoppingItem = "add_shopping_item",
        /// Create a task.
        CreateTask = "create_task",
        /// Neither of the two.
        ClarifyNeeded = "clarify_needed",
    }
}
