//! What somebody may have meant.

/// The word that is most like `word`, if any is like it.
pub(crate) fn nearest<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let plain = word.to_lowercase().replace([' ', '-', '_'], "");
    let longest = plain.chars().count().max(1);
    words
        .into_iter()
        .map(|other| (other.to_lowercase().replace([' ', '-', '_'], ""), other))
        .filter(|(spelt, other)| spelt.chars().count().abs_diff(longest) * 3 <= longest.max(other.chars().count()))
        .map(|(spelt, other)| (strsim::damerau_levenshtein(&plain, &spelt), other))
        .filter(|(distance, other)| *distance * 3 <= longest.max(other.chars().count()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// `: did you mean …` for the end of a sentence; empty where nothing is alike.
pub(crate) fn did_you_mean<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    nearest(word, words).map(|other| format!(": did you mean `{other}`?")).unwrap_or_default()
}
