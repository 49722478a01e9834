//! What terminals ask, which another program answers at the API's address.

use serde_json::{Value, json};

/// `POST /transactions`.
pub(super) fn transactions() -> Value {
    json!({"post": {
        "operationId": "ask_for_money",
        "tags": ["accounts"],
        "summary": "A card transaction on an account, for terminals",
        "description": "Answers within 100 ms, and always with a code, whatever is sent. The same `id` again has the same answer and debits nothing.",
        "security": [{"terminal": []}],
        "requestBody": {"required": true, "content": {"application/json": {
            "schema": asked(),
            "example": {
                "id": "7-000123", "account": "123", "totalAmount": 100.00, "mcc": "5811",
                "merchant": "PADARIA DO ZE               SAO PAULO BR",
            },
        }}},
        "responses": {
            "200": {
                "description": "The answer: 00 approved, 51 insufficient balance, 07 anything else",
                "content": {"application/json": {"schema": answer()}},
            },
            "401": {
                "description": "Without the terminals' key",
                "content": {"application/json": {"schema": {
                    "type": "object", "properties": {"error": {"type": "string"}},
                }}},
            },
            "429": problem("Too many requests"),
            "503": problem("No answer; the same `id` may be asked for again"),
        },
    }})
}

/// How terminals prove that they are some.
pub(super) fn key() -> Value {
    json!({"type": "http", "scheme": "bearer", "description": "The stack's secret `TerminalKey`"})
}

/// What API Gateway says by itself.
fn problem(description: &str) -> Value {
    let document = json!({"$ref": "#/components/schemas/ProblemDocument"});
    let content = json!({"application/problem+json": {"schema": document}});
    json!({"description": description, "content": content})
}

fn asked() -> Value {
    json!({
        "type": "object",
        "required": ["account", "totalAmount", "mcc", "merchant"],
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Makes retries safe; one is made where it is missing"},
            "account": {"type": "string"},
            "totalAmount": {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000, "description": "At most two decimals"},
            "mcc": {"type": "string", "pattern": "^[0-9]{4}$"},
            "merchant": {"type": "string", "minLength": 1, "maxLength": 80},
        },
    })
}

fn answer() -> Value {
    json!({
        "type": "object",
        "required": ["code", "transaction"],
        "properties": {
            "code": {"type": "string", "enum": ["00", "51", "07"]},
            "transaction": {"type": "string"},
            "category": {"type": "string"},
            "reason": {"type": "string", "description": "Why, for 51 and 07"},
        },
    })
}
