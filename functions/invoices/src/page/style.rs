//! How the page looks, and how high each of its blocks is.

use crate::rules::request::MOST_LINES;

/// The heights of the blocks, in tenths of a millimetre.
#[derive(Clone, Copy, Debug)]
pub struct Heights {
    /// Around the page, on each side.
    pub margin: usize,
    /// Number and day.
    pub head: usize,
    /// That it is cancelled.
    pub banner: usize,
    /// Customer, address and order.
    pub parties: usize,
    /// One row of the table: its head, each line, the total.
    pub row: usize,
    /// The last line.
    pub foot: usize,
}

/// The heights that the style gives the blocks.
pub const HEIGHTS: Heights = Heights {
    margin: 150,
    head: 220,
    banner: 100,
    parties: 340,
    row: 65,
    foot: 80,
};

impl Heights {
    /// How high a page with as many lines as an invoice may have is at most, with its margins.
    pub fn most(&self) -> usize {
        let rows = MOST_LINES + 2;
        2 * self.margin + self.head + self.banner + self.parties + rows * self.row + self.foot
    }
}

fn mm(tenths: usize) -> String {
    format!("{}.{}mm", tenths / 10, tenths % 10)
}

/// The style sheet.
pub(super) fn sheet() -> String {
    let Heights {
        margin,
        head,
        banner,
        parties,
        row,
        foot,
    } = HEIGHTS;
    format!(
        "@page {{ margin: {margin}; }}\n\
         * {{ box-sizing: border-box; margin: 0; padding: 0; }}\n\
         body {{ background: #f4f4f2; color: #222; font: 9pt/1.35 Helvetica, Arial, sans-serif; }}\n\
         main {{ background: #fff; max-width: 180mm; margin: {margin} auto; padding: 0 5mm; }}\n\
         header {{ height: {head}; padding-top: 6mm; overflow: hidden; }}\n\
         h1 {{ font-size: 16pt; font-weight: 600; line-height: 1.2; }}\n\
         h2 {{ font-size: 8pt; font-weight: 400; color: #767676; }}\n\
         .cancelled {{ height: {banner}; padding: 2.5mm 3mm; overflow: hidden; border: 0.3mm solid #b00020; color: #b00020; }}\n\
         .parties {{ height: {parties}; padding-top: 5mm; display: flex; gap: 6mm; overflow: hidden; }}\n\
         .parties div {{ flex: 1 1 0; min-width: 0; }}\n\
         .parties p {{ max-height: 8.6mm; overflow: hidden; overflow-wrap: anywhere; }}\n\
         table {{ width: 100%; table-layout: fixed; border-collapse: collapse; }}\n\
         th, td {{ height: {row}; padding: 0 1.5mm; border-bottom: 0.2mm solid #ddd; text-align: left; vertical-align: middle; line-height: 1.2; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}\n\
         thead th {{ font-size: 8pt; font-weight: 400; color: #767676; }}\n\
         th:nth-child(1) {{ width: 30mm; }} th:nth-child(3) {{ width: 14mm; }} th:nth-child(4), th:nth-child(5) {{ width: 33mm; }}\n\
         th:nth-child(n+3), td:nth-child(n+3), tfoot th, tfoot td {{ text-align: right; font-variant-numeric: tabular-nums; }}\n\
         tfoot th, tfoot td {{ border: 0; font-weight: 600; }}\n\
         footer {{ height: {foot}; padding-top: 3mm; overflow: hidden; font-size: 8pt; color: #767676; }}\n\
         @media print {{ body {{ background: none; }} main {{ max-width: none; margin: 0; padding: 0; break-inside: avoid; }} }}\n",
        margin = mm(margin),
        head = mm(head),
        banner = mm(banner),
        parties = mm(parties),
        row = mm(row),
        foot = mm(foot),
    )
}
