//! The attacks are valid WebAssembly: what refuses them is the sandbox, not a slip in them.

use wasmparser::{Validator, WasmFeatures};

use super::files::Folder;
use super::{
    Tool, answers, bombs, bytes, effects, files, fixtures, host_calls, memory, misfits, smith,
    spin, state, traps, witness,
};

fn check(name: &str, component: &[u8]) {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    if let Err(error) = validator.validate_all(component) {
        panic!("{name}: {error}");
    }
}

fn check_tools(tools: &[Tool]) {
    for tool in tools {
        check(&tool.to_text(), &tool.to_bytes());
    }
}

#[test]
fn tools_that_answer_are_valid() {
    check_tools(&[
        answers::ok(),
        answers::echo(),
        answers::time_left(),
        answers::squares(9),
        answers::huge(9),
        answers::huge_failure(9),
        answers::out_of_bounds(),
        answers::endless(),
        answers::pointer_out_of_bounds(),
        answers::pointer_unaligned(),
        answers::invalid_utf8(),
        answers::invalid_case(),
        answers::realloc_out_of_bounds(),
        answers::stdout_flood(9, 9),
        answers::stderr_flood(9, 9),
        answers::empty_writes(9),
        answers::endless_zeroes(),
    ]);
}

#[test]
fn a_tool_with_effects_is_valid() {
    check_tools(&[effects::effects("localhost:443", 3)]);
}

#[test]
fn fixtures_for_servers_are_valid() {
    check_tools(&[fixtures::conformance(), fixtures::against_servers("{}\n")]);
}

#[test]
fn witnesses_are_valid() {
    check_tools(&[
        witness::clocks(),
        witness::random(9),
        witness::sleeps(),
        witness::polls(),
        witness::fetch(2),
        witness::splices(),
        witness::checkpoints(),
        witness::everything(2),
        witness::one_reading(),
        witness::loads(9),
    ]);
}

#[test]
fn tools_with_state_are_valid() {
    check_tools(&[state::save_and_load(9)]);
}

#[test]
fn tools_with_files_are_valid() {
    check_tools(&[
        files::fill(Folder::Out),
        files::fill_and_spin(Folder::Out),
        files::append(Folder::Tmp),
        files::many(Folder::Out, 9),
        files::keep_open(Folder::Out),
        files::set_size(Folder::Tmp, 9),
        files::write_far(Folder::Tmp, 9),
        files::deep(Folder::Out),
        files::create("a"),
        files::create_folder("a"),
        files::write_to_package("a"),
        files::symlink("/"),
        files::hard_link("a"),
        files::rename_package_file("a"),
        files::rename_to(Folder::Tmp, "a"),
        files::unlinked(Folder::Tmp, 9),
    ]);
}

#[test]
fn tools_that_call_the_host_are_valid() {
    check_tools(&[
        host_calls::random(9, 9),
        host_calls::random_once(9),
        host_calls::clock(),
        host_calls::progress(9),
        host_calls::environment(),
        host_calls::leaking_pollables(9),
        host_calls::leaking_streams(9),
        host_calls::leaking_folders(9),
        host_calls::invented_handle(),
        host_calls::dropped_handle(),
        host_calls::mistaken_handle(),
    ]);
}

#[test]
fn tools_that_want_memory_are_valid() {
    check_tools(&[
        memory::grow(9),
        memory::grow_forever(),
        memory::grow_in_many(9),
        memory::begin_large(2, 9),
        memory::grow_table(),
        memory::begin_with_tables(2, 9),
        memory::leave_pattern(9),
        memory::scan(9),
        memory::leave_or_scan(9),
    ]);
}

#[test]
fn tools_that_spin_or_trap_are_valid() {
    check_tools(&[
        spin::in_start(),
        spin::in_call(),
        spin::in_realloc(),
        spin::in_post_return(),
        spin::asleep(),
        spin::polling(9),
        spin::polling_what_is_ready(),
        spin::recursing(),
        spin::after_report(),
        traps::unreachable(),
        traps::division_by_zero(),
        traps::load_out_of_bounds(),
        traps::empty_table_call(),
        traps::exit(1),
    ]);
}

#[test]
fn every_bomb_is_valid_when_it_is_small() {
    let bombs = [
        ("instances", bombs::instances(3)),
        ("instances_by_argument", bombs::instances_by_argument(3)),
        ("carried_locals", bombs::carried_locals(3, 3)),
        ("declared_locals", bombs::declared_locals(3)),
        ("wide_calls", bombs::wide_calls(3)),
        ("functions", bombs::functions(3)),
        ("exported_functions", bombs::exported_functions(3)),
        ("globals", bombs::globals(3)),
        ("branch_tables", bombs::branch_tables(3, 3)),
        ("nested_blocks", bombs::nested_blocks(3)),
        ("data", bombs::data(3)),
        ("sparse_data", bombs::sparse_data()),
        ("core_types", bombs::core_types(3)),
        ("doubling_types", bombs::doubling_types(3)),
        ("adapters", bombs::adapters(3, 3)),
        ("nested_components", bombs::nested_components(3)),
    ];
    for (name, component) in bombs {
        check(name, &component);
    }
}

#[test]
fn the_misfits_are_valid() {
    check("core_module", &misfits::core_module());
    check("empty", &misfits::empty());
    check("importing", &misfits::importing("wasi:tls/client@0.2.0"));
    check("tools_is_a_function", &misfits::tools_is_a_function());
    check("tools_without_call", &misfits::tools_without_call());
    check("call_of_another_type", &misfits::call_of_another_type());
    check(
        "tools_of_another_version",
        &misfits::tools_of_another_version(),
    );
    for (name, component) in misfits::proposals() {
        check(name, &component);
    }
}

/// The generator's components are not always valid (it makes flags without a name), its core
/// modules are.
#[test]
fn the_generator_makes_valid_skills_and_repeats_itself() {
    let mut made = 0;
    for seed in 0..50 {
        assert_eq!(smith::component(seed), smith::component(seed));
        assert_eq!(smith::skill(seed), smith::skill(seed));
        made += smith::component(seed).iter().count();
        if let Some(skill) = smith::skill(seed) {
            check(&format!("seed {seed}"), &skill);
            made += 1;
        }
    }
    assert!(made >= 80, "the generator ran dry: {made} of 100");
}

#[test]
fn a_lie_about_a_section_changes_the_component() {
    let honest = answers::ok().to_bytes();
    let lies = bytes::lying_sections(&honest);
    assert!(lies.len() > 50, "{}", lies.len());
    assert!(lies.iter().all(|(_, lie)| *lie != honest));
}

#[test]
fn bit_flips_repeat_themselves() {
    let honest = answers::ok().to_bytes();
    let first: Vec<_> = bytes::bit_flips(&honest, 20, 1).collect();
    let second: Vec<_> = bytes::bit_flips(&honest, 20, 1).collect();
    assert_eq!(first, second);
    assert_eq!(
        bytes::truncations(&honest, 100).count(),
        honest.len().div_ceil(100)
    );
}
