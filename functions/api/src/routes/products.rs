//! What the shop sells, for how much, and how much of it there is.

use axum::Json;
use axum::extract::State;
use futures_util::future::try_join_all;
use holdfast_core::failure::Failure;
use holdfast_core::ids::Sku;
use holdfast_core::money::Money;
use holdfast_order_rules::catalogue::{PRODUCTS, Product};
use holdfast_stock::store::{Store, tally};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller as Customer;
use crate::problem::Problem;

/// What the shop sells.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductsBody {
    /// The products.
    products: Vec<ProductBody>,
}

/// A product.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductBody {
    /// What it is ordered by.
    #[schema(example = "BOOK-001")]
    sku: &'static str,
    /// What it is called.
    name: &'static str,
    /// What one of it costs.
    price: Money,
    /// How many there are. It is a hint: other orders may come first. Nothing where the stock has none
    /// of it yet.
    available: Option<u64>,
}

/// Lists what the shop sells.
#[utoipa::path(get, path = "/products", tag = "orders", operation_id = "products",
    responses((status = 200, description = "The products", body = ProductsBody)),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Customer,
) -> Result<Json<ProductsBody>, Problem> {
    let products = PRODUCTS
        .iter()
        .map(|product| found(&api.shop.stock, product));
    let products = try_join_all(products).await?;
    Ok(Json(ProductsBody { products }))
}

async fn found(stock: &Store, product: &Product) -> Result<ProductBody, Failure> {
    let available = match product.sku.parse::<Sku>() {
        Ok(sku) => stock.tally(&tally(&sku)).await?,
        Err(_) => None,
    };
    Ok(ProductBody {
        sku: product.sku,
        name: product.name,
        price: product.price(),
        available,
    })
}
