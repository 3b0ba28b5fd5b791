//! What designers use around a program: beginnings, made-up events, comparisons, explanations, pages.

mod begin;
mod diff;
mod explain;
mod junit;
mod lints;
mod report;
mod scenarios;
mod schema;
mod terms;
mod tour;
mod verify;
mod xml;
