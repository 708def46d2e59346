//! Figures and the promises that they stand beside.

/// What was measured so far.
#[derive(Default)]
pub(crate) struct Figures(Vec<Figure>);

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    promise: Option<Promise>,
}

/// What a figure is to be.
#[derive(Clone, Copy)]
enum Promise {
    AtMost(f64),
    AtLeast(f64),
}

impl Promise {
    fn limit(self) -> f64 {
        match self {
            Promise::AtMost(limit) | Promise::AtLeast(limit) => limit,
        }
    }

    fn is_kept(self, value: f64) -> bool {
        match self {
            Promise::AtMost(most) => value <= most,
            Promise::AtLeast(least) => value >= least,
        }
    }
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
        self.push(name.into(), value, unit, Some(Promise::AtMost(promise)));
    }

    /// Adds a figure that is to be at least `promise`.
    pub(crate) fn at_least(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        promise: f64,
    ) {
        self.push(name.into(), value, unit, Some(Promise::AtLeast(promise)));
    }

    fn push(&mut self, name: String, value: f64, unit: &'static str, promise: Option<Promise>) {
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
                Some(promise) if promise.is_kept(*value) => {
                    format!("{:>12.2}  kept", promise.limit())
                }
                Some(promise) => format!("{:>12.2}  MISSED", promise.limit()),
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
