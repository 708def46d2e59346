//! Figures and the promises that they stand beside.

/// What was measured so far.
#[derive(Default)]
pub(crate) struct Figures(Vec<Figure>);

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    promise: Option<f64>,
}

impl Figures {
    /// Adds a figure that promises nothing.
    pub(crate) fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.push(name.into(), value, unit, None);
    }

    /// Adds a figure that is to be at most `promise`.
    pub(crate) fn at_most(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        promise: f64,
    ) {
        self.push(name.into(), value, unit, Some(promise));
    }

    fn push(&mut self, name: String, value: f64, unit: &'static str, promise: Option<f64>) {
        println!("… {name}: {value:.2} {unit}");
        self.0.push(Figure {
            name,
            value,
            unit,
            promise,
        });
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!(
            "\n{:<58} {:>12} {:<6} {:>12}",
            "figure", "measured", "", "promise"
        );
        for Figure {
            name,
            value,
            unit,
            promise,
        } in &self.0
        {
            let verdict = match promise {
                None => String::new(),
                Some(most) if value <= most => format!("{most:>12.2}  kept"),
                Some(most) => format!("{most:>12.2}  MISSED"),
            };
            println!("{name:<58} {value:>12.2} {unit:<6} {verdict}");
        }
    }
}

/// Returns the value below which `percent` of all lie.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) * percent / 100]
}
