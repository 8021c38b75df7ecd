//! The binary carries these folders inside itself: build it again when one of their files changes.

fn main() {
    for folder in ["images", "labs", "templates"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
