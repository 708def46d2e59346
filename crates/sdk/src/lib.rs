//! stub
wit_bindgen::generate!({ path: "../../wit", world: "skill" });
