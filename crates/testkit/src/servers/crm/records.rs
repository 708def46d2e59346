//! The people, firms and sales that the CRM begins with. All are invented.

use serde_json::{Value, json};

/// Name, e-mail address, company and note. The first has the id `c-101`.
const CONTACTS: [(&str, &str, &str, &str); 28] = [
    (
        "Jürgen Müller",
        "j.mueller@mueller-holzbau.example",
        "Müller Holzbau GmbH",
        "Wants the offer by fax. Yes, really.",
    ),
    (
        "Sabine Weber",
        "sabine.weber@weber-optik.example",
        "Weber Optik",
        "Calls back after 16:00.",
    ),
    (
        "Łukasz Wójcik",
        "lukasz@wojcik-transport.example",
        "Wójcik Transport Sp. z o.o.",
        "Speaks German and Polish.",
    ),
    (
        "Anke Weber-Großmann",
        "a.grossmann@stadtwerke-ilmtal.example",
        "Stadtwerke Ilmtal",
        "Decides together with Herr Özdemir.",
    ),
    (
        "Mehmet Özdemir",
        "m.oezdemir@stadtwerke-ilmtal.example",
        "Stadtwerke Ilmtal",
        "Technical questions only.",
    ),
    (
        "Françoise Lefèvre",
        "f.lefevre@boulangerie-lefevre.example",
        "Boulangerie Lefèvre",
        "Invoices in French.",
    ),
    (
        "Björn Åkesson",
        "bjorn.akesson@nordljus.example",
        "Nordljus AB",
        "Asked for a quote in SEK.",
    ),
    (
        "Katarzyna Nowak",
        "k.nowak@nowak-krawiectwo.example",
        "Nowak Krawiectwo",
        "Newsletter: no.",
    ),
    (
        "Dr. Heinrich Schäfer",
        "schaefer@praxis-schaefer.example",
        "Praxis Dr. Schäfer",
        "Signs on paper only.",
    ),
    (
        "Íñigo Etxeberria",
        "inigo@etxeberria-sidra.example",
        "Etxeberria Sidra",
        "Delivery through the yard.",
    ),
    (
        "Greta Krüger",
        "greta.krueger@kruegerundsohn.example",
        "Krüger & Sohn KG",
        "The son has taken over since May.",
    ),
    (
        "Matthias Groß",
        "m.gross@gross-elektro.example",
        "Groß Elektrotechnik",
        "Prefers e-mail.",
    ),
    (
        "Zoë van den Berg",
        "zoe@bergfietsen.example",
        "Berg Fietsen B.V.",
        "Met at the fair in Utrecht.",
    ),
    (
        "Paweł Żak",
        "pawel.zak@zak-it.example",
        "Żak IT",
        "Partner, gets 10 %.",
    ),
    (
        "Ottilie Jäger",
        "o.jaeger@jaegerhof.example",
        "Jägerhof",
        "Closed from January to March.",
    ),
    (
        "Søren Kjærgaard",
        "soren@kjaergaard.example",
        "Kjærgaard Møbler ApS",
        "Pays early for a discount.",
    ),
    (
        "Chiara D’Angelo",
        "chiara@dangelo-ceramica.example",
        "D’Angelo Ceramica",
        "Fragile: insured shipping.",
    ),
    (
        "Uwe Schulze",
        "u.schulze@schulze-bau.example",
        "Schulze Bau",
        "Two invoices are overdue.",
    ),
    (
        "Eva Horváthová",
        "eva@horvathova.example",
        "Horváthová s.r.o.",
        "VAT id is still missing.",
    ),
    (
        "José María Peña",
        "jm.pena@pena-vinos.example",
        "Peña Vinos",
        "Send samples in September.",
    ),
    (
        "Renate Böhm",
        "renate.boehm@boehm-gartenbau.example",
        "Böhm Gartenbau",
        "Has three sites.",
    ),
    (
        "Aoife Ní Bhriain",
        "aoife@nibhriain.example",
        "Ní Bhriain Design",
        "Works from Galway.",
    ),
    (
        "Hans-Peter Lütkemeier",
        "hp@luetkemeier.example",
        "Lütkemeier Landtechnik",
        "Ask for the workshop.",
    ),
    (
        "Ștefan Ionescu",
        "stefan@ionescu-mobila.example",
        "Ionescu Mobilă",
        "New since this quarter.",
    ),
    (
        "Ida Weiß",
        "ida.weiss@weiss-kaffee.example",
        "Weiß Kaffeerösterei",
        "Renewal in October.",
    ),
    (
        "Tomáš Dvořák",
        "tomas@dvorak-nastroje.example",
        "Dvořák Nástroje",
        "Wants a reference customer.",
    ),
    (
        "Ülkü Yıldırım",
        "ulku@yildirim-feinkost.example",
        "Yıldırım Feinkost",
        "Referred by Sabine Weber.",
    ),
    (
        "Maja Čolić",
        "maja@colic-arhitekti.example",
        "Čolić Arhitekti",
        "Drawings as PDF, please.",
    ),
];

/// Whose it is, title, cents, currency and stage.
const DEALS: [(&str, &str, i64, &str, &str); 12] = [
    ("c-101", "Roof trusses 2027", 1_849_000, "EUR", "offer"),
    ("c-102", "Shop fittings", 620_050, "EUR", "won"),
    (
        "c-104",
        "Smart meters, 1st lot",
        12_400_000,
        "EUR",
        "negotiation",
    ),
    ("c-104", "Smart meters, 2nd lot", 9_950_000, "EUR", "lead"),
    ("c-107", "Lighting concept", 48_500_000, "SEK", "offer"),
    ("c-109", "Practice software", 389_900, "EUR", "lost"),
    ("c-113", "Cargo bikes", 2_310_000, "EUR", "lead"),
    ("c-116", "Showroom Aarhus", 17_200_000, "DKK", "negotiation"),
    ("c-118", "Scaffolding", 755_000, "EUR", "on hold"),
    ("c-121", "Irrigation", 1_120_000, "EUR", "offer"),
    ("c-125", "Roaster maintenance", 96_000, "EUR", "won"),
    ("c-128", "Site office", 540_000, "EUR", "lead"),
];

pub(crate) fn contacts() -> Vec<Value> {
    let contacts = CONTACTS.iter().zip(101..);
    contacts
        .map(|((name, email, company, note), id)| {
            json!({
                "id": format!("c-{id}"),
                "name": name,
                "email": email,
                "company": company,
                "note": note,
            })
        })
        .collect()
}

pub(crate) fn deals() -> Vec<Value> {
    let deals = DEALS.iter().zip(501..);
    deals
        .map(|((contact, title, cents, currency, stage), id)| {
            json!({
                "id": format!("d-{id}"),
                "contact_id": contact,
                "title": title,
                "amount_cents": cents,
                "currency": currency,
                "stage": stage,
            })
        })
        .collect()
}
