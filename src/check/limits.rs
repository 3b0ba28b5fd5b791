//! How much a program may hold. `docs/limits.md` lists these; each is tested on both sides.

/// Most declarations of a program: rules, earns, units and all others, with those of its imports and tests.
pub const MAX_ITEMS: usize = 20_000;
/// Most messages about a program.
pub const MAX_MESSAGES: usize = 1000;
/// Most decimals of a unit; more make amounts that no balance could hold.
pub const MAX_DECIMALS: i64 = 9;
/// Most parts of the value of a name in a block, with those of the names in it.
pub const MAX_PARTS: usize = 512;
/// How deep expressions may nest, through the names that they use.
pub const MAX_NESTING: usize = 400;
/// How many steps the value of a name may take to compute, through the names that it uses.
pub const MAX_STEPS: usize = 100_000;
