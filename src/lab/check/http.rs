//! Checks that send a request from the probe container.

use std::collections::BTreeMap;

use crate::lab::words::SCHEMES;
use crate::lab::words::{HEADER_NAME, HEADER_VALUE, TEMPLATE, URL_PATH};
use crate::platform::Scheme;
use crate::yaml::collection::{Dict, or_empty, whole_map};
use crate::yaml::form::{Constraints, Form, Key, Record, key};
use crate::yaml::shape::{Choice, Text, Whole};

pub(super) const KEY: Key =
    key("http", "http: { path: /users/sign_in, status: 200 }", "a request from the trusted probe container");

/// A request and its expected answer. At least one expectation is set.
#[derive(Clone, Debug)]
pub struct HttpCheck {
    /// Upper-case method.
    pub method: String,
    /// Template; begins with `/`.
    pub path: String,
    /// `None`: the lab's address scheme.
    pub scheme: Option<Scheme>,
    /// Request headers; values are templates.
    pub headers: BTreeMap<String, String>,
    /// Request body, a template.
    pub body: Option<String>,
    /// Expected status.
    pub status: Option<u16>,
    /// Text that the body must hold; a template.
    pub contains: Option<String>,
    /// Text that the body must not hold; a template.
    pub lacks: Option<String>,
}

const METHODS: Choice<&str> = Choice(&[
    ("GET", "GET"),
    ("HEAD", "HEAD"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("PATCH", "PATCH"),
    ("DELETE", "DELETE"),
    ("OPTIONS", "OPTIONS"),
]);
const STATUS: Whole<u16> = Whole { least: 100, most: 599 };

impl Record for HttpCheck {
    const CONSTRAINTS: Constraints =
        Constraints { any_of: &["status", "contains", "lacks"], ..Constraints::of("`http`") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let path = form.required(key("path", "path: /users/sign_in", "path of the request; a template"), Text(&URL_PATH));
        let method = form.optional(key("method", "method: POST", "method; default `GET`"), METHODS);
        let scheme = form.optional(key("scheme", "scheme: https", "scheme of the address; default: the lab's `address`"), SCHEMES);
        let headers = form.optional(key("headers", "headers: { Private-Token: \"{{root_token}}\" }", "headers of the request; values are templates"), Dict { key: &HEADER_NAME, of: Text(&HEADER_VALUE) });
        let body = form.optional(key("body", "body: \"title=x\"", "body of the request; a template"), Text(&TEMPLATE));
        let status = form.optional(key("status", "status: 200", "expected status"), STATUS);
        let contains = form.optional(key("contains", "contains: Username", "text that the answer's body must hold; a template"), Text(&TEMPLATE));
        let lacks = form.optional(key("lacks", "lacks: Bad Gateway", "text that the answer's body must not hold; a template"), Text(&TEMPLATE));
        if method == Some(Some("HEAD")) {
            no_body(form);
        }
        Some(Self {
            method: method?.unwrap_or("GET").to_owned(), path: path?, scheme: scheme?, headers: whole_map(or_empty(headers))?,
            body: body?, status: status?, contains: contains?, lacks: lacks?,
        })
    }
}

fn no_body(form: &mut Form<'_, '_, '_>) {
    for key in ["contains", "lacks"] {
        if let Some(place) = form.value_place(key) {
            let message = format!("the answer to HEAD has no body that `{key}` could look at");
            form.wrong(place, message, "write `method: GET`, or expect only a status");
        }
    }
}
