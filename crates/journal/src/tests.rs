//! Both stores side by side, races, crashes, damage.

mod canonical;
mod crash;
mod damage;
mod differential;
mod export;
mod file;
mod meaning;
mod race;
mod world;
