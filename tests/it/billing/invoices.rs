//! Invoices: what is on them, who may ask for them, and what they look like.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::role::Role;
use serde_json::json;

use super::{Books, gbp, items, stands};

#[tokio::test]
async fn an_invoice_gathers_the_open_charges_with_the_discount_by_income() {
    let mut books = Books::new().await;
    for (number, income, percent, discount, total) in [
        (1, None, "0", "0.00", "12.00"),
        (2, Some("20000"), "50", "5.00", "6.00"),
        (3, Some("50000"), "30", "3.00", "8.40"),
        (4, Some("50000.01"), "5", "0.50", "11.40"),
    ] {
        if let Some(income) = income {
            books.earns(income).await;
        }
        books.charge("Copy of the images", "10").await;
        books.app.wait(jiff::SignedDuration::from_secs(1));
        let issued = books.issue(&books.ada.token).await.expect(201).body;
        assert_eq!(
            (&issued["discount"]["percent"], &issued["discount"]["amount"], &issued["total"], &issued["number"]),
            (&json!(percent), &gbp(discount), &gbp(total), &json!(format!("{number:06}"))),
            "{issued}"
        );
        // The tax is of what is left after the discount. The inputs stay with the invoice.
        assert_eq!((&issued["taxes"][0]["name"], &issued["taxes"][0]["percent"]), (&json!("VAT"), &json!("20")));
        assert_eq!(issued["discount"]["monthly_income"]["amount"].as_str().is_some(), income.is_some());
        assert_eq!((stands(&issued).0.as_str(), &issued["due_on"]), ("unpaid", &json!("2026-04-01")));
    }
    // What the patient earns now changes no invoice.
    let first = items(&books.get("invoices", &books.ada.token).await.expect(200)).pop().unwrap();
    assert_eq!(first["total"], gbp("12.00"));
    books.issue(&books.ada.token).await.refused(409, "nothing_to_invoice");
    assert_eq!(books.owes().await, ("37.80".to_owned(), "0.00".to_owned(), "0.00".to_owned()));
    let told = books.mails().await;
    assert_eq!(told.iter().filter(|mail| mail.starts_with("ada-byron@example.org: Invoice")).count(), 4, "{told:?}");
    books.are_proven().await;
}

#[tokio::test]
async fn the_patient_gets_it_as_a_file_and_the_accountant_on_duty_hears_of_it() {
    let mut books = Books::new().await;
    books.app.on_roster(&books.accounts[1], Role::Accountant, None).await;
    books.mails().await;
    let invoice = books.invoice("10").await;
    let mails = books.new_mails().await;
    let of = |to: &str| mails.iter().find(|mail| mail.to == to).unwrap();
    let (patient, accountant) = (of("ada-byron@example.org"), of("benedetto-cotrugli@example.org"));
    assert_eq!(patient.subject, "Invoice 000001 for Ada Byron");
    assert_eq!(accountant.subject, "Invoice 000001 was issued");
    let file = books.get(&format!("invoices/{invoice}/invoice.pdf"), &books.ada.token).await.expect(200);
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"invoice-000001.pdf\"");
    let [attached] = &patient.attachments[..] else { panic!("{:?}", patient.attachments) };
    let pdf = BASE64_STANDARD.decode(&attached.content).unwrap();
    assert_eq!((attached.name.as_str(), attached.content_type.as_str()), ("invoice-000001.pdf", "application/pdf"));
    assert!(pdf.starts_with(b"%PDF-") && String::from_utf8_lossy(&pdf) == file.text, "the email has the same file");
    // No email says what was done.
    assert!(!patient.text.contains("images") && !accountant.text.contains("images"), "{} {}", patient.text, accountant.text);
}

#[tokio::test]
async fn each_role_sees_and_does_what_is_theirs() {
    let books = Books::new().await;
    let invoice = books.invoice("10").await;
    let (eve, nurse) = (books.app.patient("Eve Moneypenny").await, books.app.staff("Mary Seacole", Role::Nurse).await.1);
    let desk = books.app.staff("Rosa Parks", Role::Receptionist).await.1;
    for path in ["charges", "invoices", "statement", &format!("invoices/{invoice}"), &format!("invoices/{invoice}/invoice.pdf")] {
        for (token, status) in [
            (&books.ada.token, 200),
            (&books.luca, 200),
            (&books.admin, 200),
            (&eve.token, 404),
            (&nurse, 403),
            (&desk, 403),
            (&books.doctor.token, 403),
        ] {
            books.get(path, token).await.expect(status);
        }
    }
    // An administrator reads the books and does not keep them.
    books.issue(&books.admin).await.expect(403);
    books.act_as(&books.admin, &invoice, "payments", &super::paid("1")).await.expect(403);
    books.act_as(&books.ada.token, &invoice, "payments", &super::paid("1")).await.expect(403);
    // An invoice of somebody else is not found below this patient.
    let other = format!("/patients/{}/invoices/{invoice}", eve.id);
    books.app.get(&other).bearer(&books.luca).send().await.expect(404);
    books.get("invoices/inv_00000000000000000000000001", &books.luca).await.expect(404);
    books.get("invoices/x", &books.luca).await.expect(404);
}

#[tokio::test]
async fn nobody_keeps_the_books_of_themselves() {
    let books = Books::new().await;
    let account = books.app.store().account(books.ada.user_id).await.unwrap().unwrap().account;
    let invoice = books.invoice("10").await;
    let both = json!({ "roles": ["patient", "accountant"] });
    books.app.post(&format!("/users/{}/roles", account.id), &both).bearer(&books.admin).send().await.expect(200);
    let now = books.app.store().account(account.id).await.unwrap().unwrap().account;
    let token = books.app.token(&now).await;
    books.act_as(&token, &invoice, "payments", &super::paid("1")).await.refused(403, "forbidden");
    let mark = json!({ "mark": "paid", "tender": "cash", "invoices": [{ "patient_id": books.ada.id, "invoice_id": invoice }] });
    let marked = books.app.post("/invoices/mark", &mark).bearer(&token).send().await.expect(200);
    assert_eq!((&items(&marked)[0]["done"], &items(&marked)[0]["code"]), (&json!(false), &json!("forbidden")));
    assert_eq!(stands(&books.read(&invoice).await), ("unpaid".to_owned(), "12.00".to_owned()));
}

#[tokio::test]
async fn an_invoice_with_many_lines_adds_up() {
    let mut books = Books::new().await;
    books.earns("30000").await;
    for number in 1..=60_u32 {
        books.charge(&format!("Thing {number}"), &format!("{}.{:02}", number, (number * 37) % 100)).await;
    }
    let issued = books.issue(&books.luca).await.expect(201).body;
    let minor = |value: &serde_json::Value| value["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let lines = issued["lines"].as_array().unwrap();
    let all = |name: &str| lines.iter().map(|line| minor(&line[name])).sum::<i64>();
    assert_eq!(lines.len(), 60);
    assert_eq!(
        (all("amount"), all("discount"), all("total")),
        (minor(&issued["subtotal"]), minor(&issued["discount"]["amount"]), minor(&issued["total"]))
    );
    assert_eq!(all("tax"), minor(&issued["taxes"][0]["amount"]));
    books.mails().await;
    books.are_proven().await;
}
