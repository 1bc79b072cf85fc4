//! Adds counts field by field.

/// Adds the named fields of `$from` to those of `$to`. Together with the fields in `rest`, which are only bound, they have to be
/// all fields of the type: a forgotten one does not compile.
macro_rules! add_fields {
    ($to:expr, $from:expr, [$($field:ident),+ $(,)?] $(, rest [$($other:ident),+])?) => {
        let Self { $($field,)+ $($($other),+)? } = $from;
        $($to.$field += $field;)+
    };
}
pub(in crate::risklog) use add_fields;
