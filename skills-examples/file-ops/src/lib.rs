//! `file-ops`: the text files of one granted folder. What it changes is applied by the host once
//! the call has gone well, all or nothing.
//!
//! `root` reads paths and files, `name` has the rules for new ones, `failure` has the codes; one file a tool.

mod diff_files;
mod edit_file;
mod failure;
mod list_files;
mod name;
mod read_file;
mod root;
mod search;
mod write_file;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "list_files",
            "Lists the files and folders of the granted folder, or of one folder in it, with sizes.",
            list_files::list_files,
        )
        .tool(
            "read_file",
            "Reads a text file, or some lines of it.",
            read_file::read_file,
        )
        .tool(
            "search",
            "Finds the lines of all text files that hold some words, with path and number.",
            search::search,
        )
        .tool(
            "diff_files",
            "Tells in what a text file differs from another, or from a text: a unified diff.",
            diff_files::diff_files,
        )
        .tool(
            "write_file",
            "Writes a text file. Refused where the path is taken, unless it is to be replaced.",
            write_file::write_file,
        )
        .tool(
            "edit_file",
            "Replaces exact pieces of a text file, all of them or none, and shows the diff.",
            edit_file::edit_file,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
