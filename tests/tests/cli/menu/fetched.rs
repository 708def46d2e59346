//! Skills that other people ship in packages of npm and PyPI, fetched when the test runs. Where a
//! registry cannot be reached, the test fails and says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CONFIG, json};
use crate::room::Room;

/// Runs a registry's own client in the room.
fn fetch(room: &Room, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(room.at("."));
    let ran = command.output();
    let ran = ran.unwrap_or_else(|error| panic!("{program} is needed to fetch skills: {error}"));
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(
        ran.status.success(),
        "{program} cannot fetch {arguments:?}:\n{told}"
    );
}

fn find(folder: &Path, ending: &str) -> PathBuf {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let found = files
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(ending));
    found.unwrap_or_else(|| panic!("nothing was fetched into {}", folder.display()))
}

/// Reads the fetched folder of skills as an operator would.
fn read(room: &Room, folder: &str) -> usize {
    room.write(
        CONFIG,
        format!("[registry]\nfolders = [{:?}]\n", room.at(folder)),
    );
    let menu = json(room, &["menu"]);
    let entries = menu["entries"].as_array().unwrap();
    for entry in entries {
        assert_eq!(entry["kind"], "documentation");
        let name = entry["name"].as_str().unwrap();
        let loaded = json(room, &["load", name]);
        assert_eq!(loaded["tokens"], entry["tokens_loaded"], "{name}");
        let files = loaded["files"].as_array().unwrap();
        assert!(
            files.iter().any(|file| file["path"] == "SKILL.md"),
            "{name}"
        );
    }
    entries.len()
}

fn count(folder: &Path) -> usize {
    let all = fs::read_dir(folder).unwrap().map(|one| one.unwrap().path());
    all.filter(|path| path.join("SKILL.md").is_file()).count()
}

#[test]
fn skills_of_a_wheel_are_read() {
    let room = Room::new();
    let package = "hologres-agent-skills==0.2.5";
    let download = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        ".",
    ];
    fetch(&room, "python3", &[&download[..], &[package]].concat());
    let wheel = fs::File::open(find(&room.at("."), ".whl")).unwrap();
    let mut wheel = zip::ZipArchive::new(wheel).unwrap();
    wheel.extract(room.at("unpacked")).unwrap();
    let folder = "unpacked/holo_plugin_installer/skills";
    assert_eq!(count(&room.at(folder)), 13);
    assert_eq!(read(&room, folder), 13);
}

#[test]
fn skills_of_an_npm_package_are_read() {
    let room = Room::new();
    let package = "@houseofwolvesllc/claude-scrum-skill@2.8.1";
    fetch(&room, "npm", &["pack", "--silent", package]);
    let archive = find(&room.at("."), ".tgz");
    fetch(&room, "tar", &["-xzf", archive.to_str().unwrap()]);
    let there = count(&room.at("package/skills"));
    assert!(there >= 8, "{there}");
    assert_eq!(read(&room, "package/skills"), there);
}
