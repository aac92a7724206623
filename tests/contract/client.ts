// A client as somebody would write it from the document alone: the compiler checks every name, and each answer is checked when it runs.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[]; exit(code: number): never };

type SlotView = components["schemas"]["SlotView"];

const base = process.argv[2] ?? "http://127.0.0.1:3000";
const demo = process.argv[3] ?? "";

const anybody = createClient<paths>({ baseUrl: base });

function as(token: string) {
  return createClient<paths>({ baseUrl: base, headers: { authorization: `Bearer ${token}` } });
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

// Takes what openapi-fetch gives: the answer, or the refusal with its stable `code`.
function told<Data>(what: string, answer: { data?: Data; error?: { code: string; detail: string }; response: Response }): Data {
  const { data, error, response } = answer;
  if (error) throw new Error(`${what}: ${response.status} ${JSON.stringify(error)}`);
  check(data !== undefined, `${what}: ${response.status} without a body`);
  return data;
}

async function signIn(email: string, password: string) {
  const tokens = told("sign in", await anybody.POST("/auth/token", { body: { email, password } }));
  check(tokens.token_type === "Bearer" && tokens.expires_in > 0, "a bearer token that lives for a while");
  return as(tokens.access_token);
}

// A patient registers, and signs in.
const email = "lin@example.org";
const password = "correct horse battery";
const registered = told("register", await anybody.POST("/users", {
  body: {
    name: "Lin Chen", email, password, date_of_birth: "1988-02-29", gender: "female", phone: "+44 20 7946 0101",
    address: "1 High Street, London",
    emergency_contact: { name: "Wei Chen", phone: "+44 20 7946 0102", relationship: "brother" },
  },
}));
check(registered.email === email && registered.role === "patient", "registered as a patient");
const lin = await signIn(email, password);
const me = told("own account", await lin.GET("/users/me"));
const patientId = me.patient_id;
check(patientId !== undefined && me.roles.includes("patient"), "a patient has a record");

// She confirms her address with the token in the welcome, which the local hospital shows; and asks for another address, which has to
// be confirmed as well.
type Mail = { to: string; text: string };
let token: string | undefined;
for (let tries = 0; tries < 100 && token === undefined; tries += 1) {
  const mails = (await (await fetch(`${base}/mailbox.json`)).json()) as Mail[];
  token = mails.find((mail) => mail.to === email)?.text.match(/tok_[\w.-]*[\w-]/)?.[0];
  if (token === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
}
check(token !== undefined, "the welcome has come");
const confirmed = told("confirm the address", await lin.POST("/users/me/email/confirm", { body: { token } }));
check(confirmed.email === email && confirmed.email_confirmed, "the address is hers");
const asked = await lin.POST("/users/me/email", { body: { email: "lin.chen@example.org", password } });
check(told("ask for another address", asked).next.length > 0, "an email is on its way");

// Every wrong field comes by its name.
const wrong = await anybody.POST("/auth/token", { body: { email: "nobody", password } });
check(wrong.error?.code === "invalid_request", "a wrong address is an invalid request");
check(wrong.error.errors?.[0]?.field === "email", "the field is named");

// Lin finds a cardiologist and a free slot, and books it.
const doctors = told("doctors", await lin.GET("/doctors", { params: { query: { specialization: "cardiology", limit: 5 } } }));
const doctor = doctors.items[0];
check(doctor !== undefined && doctors.items.every((found) => found.specialization === "cardiology"), "cardiologists, and no others");
const free = told("free slots", await lin.GET("/doctors/{id}/slots", { params: { path: { id: doctor.id } } }));
const slot = free.items[3];
check(slot !== undefined, "the doctor has free slots");
const booking = await lin.POST("/appointments", {
  params: { header: { "Idempotency-Key": "contract-1" } },
  body: { doctor_id: doctor.id, starts_at: slot.starts_at, reason: "Palpitations since Monday" },
});
const booked = told("book", booking);
check(booking.response.status === 201 && booking.response.headers.get("location") === `/appointments/${booked.id}`, "where it is");
check(booked.starts_at === slot.starts_at && booked.doctor.id === doctor.id, "what was asked for");

// Somebody else wants the same slot. `code` tells which of the conflicts it is, and with it what else the refusal says.
const alan = await signIn("alan@example.org", demo);
const late = await alan.POST("/appointments", { body: { doctor_id: doctor.id, starts_at: slot.starts_at, reason: "Checkup" } });
check(late.error !== undefined && late.response.status === 409, "the slot is taken");
let taken: SlotView | undefined;
let nextFree: SlotView[] = [];
switch (late.error.code) {
  case "slot_taken":
    taken = late.error.taken;
    nextFree = late.error.next_free;
    break;
  case "already_booked": {
    const earlier: components["schemas"]["AppointmentId"] = late.error.appointment_id;
    throw new Error(`Alan has ${earlier} already`);
  }
  default:
    throw new Error(`refused otherwise: ${late.error.code}: ${late.error.detail}`);
}
check(taken.starts_at === slot.starts_at && taken.ends_at === slot.ends_at, "the refusal names the taken slot");
check(nextFree.length > 0 && nextFree.every((next) => next.starts_at !== slot.starts_at), "and the next free ones");

// It is among her appointments, and in nobody's that is not hers.
const upcoming = told("appointments", await lin.GET("/appointments", { params: { query: { when: "upcoming" } } }));
check(upcoming.items.length === 1 && upcoming.items[0]?.id === booked.id, "it is coming up");
const hidden = await alan.GET("/appointments/{id}", { params: { path: { id: booked.id } } });
check(hidden.response.status === 404 && hidden.error?.code === "not_found", "nobody else may know of it");

// A change says which version it was made from.
const record = await lin.GET("/patients/me");
const etag = record.response.headers.get("etag");
check(etag !== null && told("own record", record).id === patientId, "a record has a version");
const address = "2 High Street, London";
const moved = await lin.PATCH("/patients/me", { params: { header: { "If-Match": etag } }, body: { address } });
check(told("change the record", moved).address === address, "the address has changed");
const stale = await lin.PATCH("/patients/me", { params: { header: { "If-Match": etag } }, body: { address } });
check(stale.error?.code === "stale", "the old version is stale");

// An administrator lists accounts by group, page by page.
const florence = await signIn("florence@seacole.example.org", demo);
const patients: string[] = [];
let cursor: string | undefined;
do {
  const page = told("accounts", await florence.GET("/users", { params: { query: { group: "patients", limit: 2, ...(cursor && { cursor }) } } }));
  patients.push(...page.items.map((account) => account.email));
  cursor = page.next_cursor;
} while (cursor !== undefined);
check(patients.includes(email) && new Set(patients).size === patients.length, "every patient's account once");
const refused = await lin.GET("/users", { params: { query: { group: "patients" } } });
check(refused.response.status === 403 && refused.error?.code === "forbidden", "a patient may not list accounts");

// She adds a doctor, who is in the directory at once.
const added = await florence.POST("/doctors", {
  body: {
    name: "Dr. Lise Meitner", email: "lise@example.org", specialization: "radiology", slot_minutes: 30,
    consultation_fee: { amount: "120.00", currency: doctor.consultation_fee.currency },
    weekly_hours: [{ weekday: "monday", from: "09:00", to: "12:00" }, { weekday: "monday", from: "13:00", to: "17:00" }],
  },
});
const lise = told("add a doctor", added);
check(added.response.status === 201 && added.response.headers.get("etag") !== null, "a new thing has a version");
const radiologists = told("doctors", await lin.GET("/doctors", { params: { query: { specialization: "radiology" } } }));
check(radiologists.items.some((found) => found.id === lise.id), "she is in the directory");

// The front desk reads her record, and she sees that it did.
const rosa = await signIn("rosa@seacole.example.org", demo);
const seen = told("a patient's record", await rosa.GET("/patients/{patient_id}", { params: { path: { patient_id: patientId } } }));
check(seen.name === "Lin Chen" && seen.address === address, "the record as it is now");
const log = told("access log", await lin.GET("/patients/me/access-log"));
check(log.items.length > 0, "it was noted");

// Somebody walks in without an email address, and is registered once.
const walkIn = { name: "Katherine Johnson", date_of_birth: "1978-08-26", gender: "female" as const };
const newcomer = told("register a patient", await rosa.POST("/patients", { body: walkIn }));
const again = await rosa.POST("/patients", { body: walkIn });
check(again.error?.code === "likely_duplicate" && again.error.candidates[0]?.patient.mrn === newcomer.mrn, "she is known");
const found = told("find", await rosa.GET("/patients", { params: { query: { name: "joh kath", date_of_birth: "1978" } } }));
check(found.items.some((patient) => patient.id === newcomer.id), "half a name and a birth year find her");
const stranger = told("register somebody unknown", await rosa.POST("/patients", { body: { identity: "temporary", gender: "male" } }));
const named = await rosa.PATCH("/patients/{patient_id}", {
  params: { path: { patient_id: stranger.id }, header: { "If-Match": '"v1"' } },
  body: { name: "Paul Hawking", date_of_birth: "1969-01-08", reason: "His wife came" },
});
check(told("name him", named).mrn === stranger.mrn, "the record number stays");
const changes = told("changes", await rosa.GET("/patients/{patient_id}/changes", { params: { path: { patient_id: stranger.id } } }));
check(changes.items[0]?.before.name === stranger.name && changes.items[0].before.empty?.includes("date_of_birth") === true, "what it was is kept");

// The doctor sees the day, notes a no-show by mistake, takes it back, and sees the patient.
const helen = await signIn("helen@seacole.example.org", demo);
const day = told("the day", await helen.GET("/appointments/day"));
const line = day.items[0];
check(line !== undefined && day.counts.scheduled > 0 && day.next !== undefined, "somebody comes today");
const visit = { params: { path: { id: line.id } } };
check(told("no-show", await helen.POST("/appointments/{id}/no-show", visit)).status === "no_show", "nobody came");
const undone = told("undo", await helen.POST("/appointments/{id}/undo", { ...visit, body: { reason: "He was in the next room" } }));
check(undone.status === "scheduled" && undone.undone?.[0]?.status === "no_show", "it is taken back");
check(told("arrive", await helen.POST("/appointments/{id}/arrive", visit)).arrived_at !== undefined, "he is there");
check(told("complete", await helen.POST("/appointments/{id}/complete", visit)).status === "completed", "he was seen");

// A death that was noted for the wrong person is taken back.
const ofNewcomer = { path: { patient_id: newcomer.id } };
const died = await rosa.POST("/patients/{patient_id}/death", { params: ofNewcomer, body: { date_of_death: "2026-03-01", reason: "Her son called" } });
check(told("note a death", died).deceased_on === "2026-03-01", "she has died");
const alive = await rosa.POST("/patients/{patient_id}/death/undo", { params: ofNewcomer, body: { reason: "It was her namesake" } });
check(told("take it back", alive).deceased_on === undefined, "she lives");

// She tells of an allergy that she does not have, and takes it back.
const ofLin = { path: { patient_id: patientId } };
const allergy = told("add to the history", await lin.POST("/patients/{patient_id}/history", { params: ofLin, body: { kind: "allergy", what: "Penicillin" } }));
const withdrawn = await lin.POST("/patients/{patient_id}/history/{id}/withdraw", {
  params: { path: { patient_id: patientId, id: allergy.id } }, body: { reason: "It was her sister" },
});
check(told("withdraw", withdrawn).withdrawn_because === "It was her sister", "it stays, marked");

// She waits for a cardiologist. What is free is offered: she declines one slot, accepts the next, and leaves another list.
type Wait = components["schemas"]["WaitView"];
async function offered(id: string): Promise<{ wait: Wait; etag: string }> {
  for (let tries = 0; tries < 100; tries += 1) {
    const read = await lin.GET("/waiting-list/{id}", { params: { path: { id } } });
    const wait = told("read a wait", read);
    const version = read.response.headers.get("etag");
    if (wait.offer !== undefined && version !== null) return { wait, etag: version };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("no offer has come");
}
const wanted = { to: free.to, reason: "Palpitations since Monday" };
const wait = told("join the waiting list", await lin.POST("/waiting-list", { body: { ...wanted, specialization: "cardiology" } }));
check(wait.state === "waiting", "she waits");
const first = await offered(wait.id);
const declined = told("decline", await lin.POST("/waiting-list/{id}/decline", { params: { path: { id: wait.id }, header: { "If-Match": first.etag } } }));
check(declined.state === "waiting" && declined.offer === undefined, "she keeps her place");
const second = await offered(wait.id);
check(second.wait.offer?.starts_at !== first.wait.offer?.starts_at || second.wait.offer?.doctor.id !== first.wait.offer?.doctor.id, "another slot");
const accepted = await lin.POST("/waiting-list/{id}/accept", { params: { path: { id: wait.id }, header: { "If-Match": second.etag } } });
check(told("accept", accepted).starts_at === second.wait.offer?.starts_at, "it is hers");
const tooLate = await lin.POST("/waiting-list/{id}/accept", { params: { path: { id: wait.id } } });
check(tooLate.error?.code === "no_offer" && tooLate.error.state === "booked", "an offer is taken once");
const other = told("join another list", await lin.POST("/waiting-list", { body: { ...wanted, doctor_id: lise.id } }));
check(told("waits", await lin.GET("/waiting-list")).items.some((item) => item.id === other.id), "it is on her list");
const left = told("leave", await lin.POST("/waiting-list/{id}/leave", { params: { path: { id: other.id } } }));
check(left.state === "ended" && left.ended_because === "left", "she no longer waits");

// The front desk squeezes somebody in, and the doctor finds her.
const evening = `${free.to}T19:05:00Z`;
const squeezed = told("extra appointment", await rosa.POST("/appointments/extra", {
  body: { patient_id: newcomer.id, doctor_id: line.doctor.id, starts_at: evening, minutes: 10, reason: "Cough", extra_because: "No slot is left" },
}));
check(squeezed.extra_because === "No slot is left", "the reason is kept");
let week = told("several days", await helen.GET("/appointments/calendar", { params: { query: { to: free.to } } }));
for (let tries = 0; tries < 100 && !week.items.some((item) => item.id === squeezed.id); tries += 1) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  week = told("several days", await helen.GET("/appointments/calendar", { params: { query: { to: free.to } } }));
}
check(week.items.some((item) => item.id === squeezed.id), "it is among her days");
let treated = told("treated patients", await helen.GET("/doctors/me/patients"));
for (let tries = 0; tries < 100 && !treated.items.some((patient) => patient.id === newcomer.id); tries += 1) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  treated = told("treated patients", await helen.GET("/doctors/me/patients"));
}
check(treated.items.some((patient) => patient.id === newcomer.id), "and among her patients");

// Katherine gets an account: she proves the address, and the front desk confirms who she is.
const hers = "katherine@example.org";
const opened = told("open an account", await rosa.POST("/users/patient-accounts", { body: { patient_id: newcomer.id, email: hers } }));
check(opened.status === "pending" && opened.requested_role === "patient", "it waits");
let link: string | undefined;
for (let tries = 0; tries < 100 && link === undefined; tries += 1) {
  const mails = (await (await fetch(`${base}/mailbox.json`)).json()) as Mail[];
  link = mails.find((mail) => mail.to === hers)?.text.match(/tok_[\w.-]*[\w-]/)?.[0];
  if (link === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
}
check(link !== undefined, "the link has come");
const chosen = await anybody.POST("/auth/password/reset", { body: { token: link, password } });
check(chosen.response.status === 204, "she has proven the address");
const linked = told("confirm the patient", await rosa.POST("/users/patient-accounts/confirm", {
  body: { patient_id: newcomer.id, email: hers, reason: "Passport seen" },
}));
check(linked.patient_id === newcomer.id && linked.status === "active", "the account is hers");
const katherine = await signIn(hers, password);
check(told("own record", await katherine.GET("/patients/me")).mrn === newcomer.mrn, "she sees her profile");

// The doctor writes into Katherine's record: an encounter with its note, a diagnosis, vital signs, a plan and a surgery.
{
  const ofKatherine = { patient_id: newcomer.id };
  const here = { params: { path: ofKatherine } };
  const entry = (id: string) => ({ path: { ...ofKatherine, id } });
  const version = (id: string, number: number) => ({ params: { ...entry(id), header: { "If-Match": `"v${number}"` } } });
  const encounter = told("open an encounter", await helen.POST("/patients/{patient_id}/encounters", { ...here, body: { class: "emergency" } }));
  const note = told("the note", await helen.GET("/patients/{patient_id}/encounters/{id}/note", { params: entry(encounter.id) }));
  const written = told("write the note", await helen.PUT("/patients/{patient_id}/encounters/{id}/note", {
    ...version(encounter.id, note.version), body: { subjective: "Chest pain for an hour.", plan: "ECG." },
  }));
  const signed = told("sign", await helen.POST("/patients/{patient_id}/encounters/{id}/sign", version(encounter.id, written.version)));
  check(signed.status === "signed", "it is signed");
  check(told("read an encounter", await helen.GET("/patients/{patient_id}/encounters/{id}", { params: entry(encounter.id) })).class === "emergency", "kept");
  check(told("encounters", await rosa.GET("/patients/{patient_id}/encounters", here)).items.length > 0, "the front desk sees it");
  const angina = { what: "Angina", icd10: "I20.9", clinical_status: "active", verification_status: "provisional" } as const;
  const diagnosis = told("diagnose", await helen.POST("/patients/{patient_id}/diagnoses", { ...here, body: { ...angina, encounter_id: encounter.id } }));
  const confirmed = told("confirm it", await helen.PUT("/patients/{patient_id}/diagnoses/{id}", {
    ...version(diagnosis.id, 1), body: { reason: "The ECG shows it", content: { ...angina, verification_status: "confirmed" } },
  }));
  check(confirmed.version === 2 && confirmed.reason === "The ECG shows it", "a new version");
  check(told("read it", await helen.GET("/patients/{patient_id}/diagnoses/{id}", { params: entry(diagnosis.id) })).icd10 === "I20.9", "it is kept");
  check(told("diagnoses", await helen.GET("/patients/{patient_id}/diagnoses", here)).items.length > 0, "it is listed");
  const vitals = told("vital signs", await helen.POST("/patients/{patient_id}/vitals", { ...here, body: { values: { heart_rate: 131, pain: 6 } } }));
  check(vitals.values.some((value) => value.code === "heart_rate" && value.flag === "critical_high"), "it stands out");
  told("correct them", await helen.PUT("/patients/{patient_id}/vitals/{id}", {
    ...version(vitals.id, 1), body: { reason: "Misread", content: { values: { heart_rate: 121, pain: 6 } } },
  }));
  check(told("read them", await helen.GET("/patients/{patient_id}/vitals/{id}", { params: entry(vitals.id) })).version === 2, "corrected");
  check(told("all of them", await helen.GET("/patients/{patient_id}/vitals", here)).items.length > 0, "they are listed");
  const graph = told("a graph", await helen.GET("/patients/{patient_id}/series", { params: { path: ofKatherine, query: { code: "heart_rate" } } }));
  check(graph.items[0]?.value === 121, "with the correct value");
  const typing = { blood_group: "o_negative", determined_on: "2025-11-03" } as const;
  const typed = told("type the blood", await helen.POST("/patients/{patient_id}/blood-typings", { ...here, body: { ...typing, blood_group: "o_positive" } }));
  told("correct it", await helen.PUT("/patients/{patient_id}/blood-typings/{id}", { ...version(typed.id, 1), body: { reason: "Misread", content: typing } }));
  check(told("read it", await helen.GET("/patients/{patient_id}/blood-typings/{id}", { params: entry(typed.id) })).blood_group === "o_negative", "corrected");
  check(told("all of them", await helen.GET("/patients/{patient_id}/blood-typings", here)).items.length > 0, "it is listed");
  const plan = told("plan", await helen.POST("/patients/{patient_id}/treatment-plans", { ...here, body: { title: "Angina", steps: "Rest." } }));
  told("change the plan", await helen.PUT("/patients/{patient_id}/treatment-plans/{id}", {
    ...version(plan.id, 1), body: { reason: "She is better", content: { title: "Angina", steps: "Walk.", status: "completed" } },
  }));
  check(told("read the plan", await helen.GET("/patients/{patient_id}/treatment-plans/{id}", { params: entry(plan.id) })).status === "completed", "done");
  check(told("plans", await helen.GET("/patients/{patient_id}/treatment-plans", here)).items.length > 0, "it is listed");
  const operation = { procedure: "Stent", surgeon_id: line.doctor.id, performed_on: "2025-11-03", fee: { amount: "900.00", currency: "GBP" } };
  const surgery = told("operate", await helen.POST("/patients/{patient_id}/surgeries", { ...here, body: operation }));
  told("change it", await helen.PUT("/patients/{patient_id}/surgeries/{id}", { ...version(surgery.id, 1), body: { reason: "Two", content: { ...operation, procedure: "Two stents" } } }));
  check(told("read it", await helen.GET("/patients/{patient_id}/surgeries/{id}", { params: entry(surgery.id) })).procedure === "Two stents", "changed");
  check(told("surgeries", await helen.GET("/patients/{patient_id}/surgeries", here)).items.length > 0, "it is listed");
  const summary = told("the summary", await helen.GET("/patients/{patient_id}/record", here));
  check(summary.problems.some((problem) => problem.diagnosis_id === diagnosis.id), "the diagnosis is active");
  const mistake = { ...ofKatherine, entry_id: diagnosis.id };
  const gone = await helen.POST("/patients/{patient_id}/record/{entry_id}/entered-in-error", {
    params: { path: mistake, header: { "If-Match": '"v2"' } }, body: { reason: "Another patient" },
  });
  check(gone.response.status === 204, "it is out of view");
  const versions = told("its history", await helen.GET("/patients/{patient_id}/record/{entry_id}/versions", { params: { path: mistake } }));
  check(versions.items.length === 3 && versions.items[0]?.entered_in_error === true && versions.items[0].entry.kind === "diagnosis", "nothing is lost");

  // She prescribes, revises and stops. Katherine asks for a refill and for something else, and takes a request back.
  const pills = {
    drug: "Ibuprofen 400 mg tablets", ingredients: ["ibuprofen"] as string[], dose: "1 tablet", route: "oral" as const, frequency: "every 8 hours", duration_days: 5, quantity: 15,
  };
  const medicine = told("prescribe", await helen.POST("/patients/{patient_id}/prescriptions/medicines", { ...here, body: pills }));
  const same = await helen.POST("/patients/{patient_id}/prescriptions/medicines", { ...here, body: pills });
  check(same.error?.code === "safety_stop" && same.error.hits[0]?.cause === "same_ingredient", "not twice");
  const refill = told("ask for a refill", await katherine.POST("/patients/{patient_id}/prescription-requests", {
    ...here, body: { refill_of: medicine.id, what: "They are used up." },
  }));
  const more_pills = told("refill", await helen.PUT("/patients/{patient_id}/prescriptions/medicines/{id}", {
    ...version(medicine.id, 1), body: { reason: "Refill", content: { ...pills, refills: 1, request_id: refill.id } },
  }));
  check(more_pills.left === 30, "twice as many");
  check(told("read the request", await katherine.GET("/patients/{patient_id}/prescription-requests/{id}", { params: entry(refill.id) })).status === "granted", "granted");
  const ask = { doctor_id: line.doctor.id, what: "Something for the night" };
  const asked = told("ask", await katherine.POST("/patients/{patient_id}/prescription-requests", { ...here, body: ask }));
  const no = told("decline", await helen.POST("/patients/{patient_id}/prescription-requests/{id}/decline", { ...version(asked.id, 1), body: { reason: "Come by" } }));
  check(no.answer === "Come by", "she says why");
  const askedAgain = told("ask again", await katherine.POST("/patients/{patient_id}/prescription-requests", { ...here, body: ask }));
  const back = told("withdraw", await katherine.POST("/patients/{patient_id}/prescription-requests/{id}/withdraw", version(askedAgain.id, 1)));
  check(back.status === "withdrawn", "taken back");
  check(told("requests", await katherine.GET("/patients/{patient_id}/prescription-requests", here)).items.length > 2, "they are listed");
  check(told("medicine", await katherine.GET("/patients/{patient_id}/prescriptions/medicines/{id}", { params: entry(medicine.id) })).refills === 1, "she tracks it");
  check(told("medicines", await katherine.GET("/patients/{patient_id}/prescriptions/medicines", here)).items.length > 0, "it is listed");
  told("stop", await helen.POST("/patients/{patient_id}/prescriptions/medicines/{id}/stop", { ...version(medicine.id, 2), body: { reason: "Enough" } }));
  const test = told("lab test", await helen.POST("/patients/{patient_id}/prescriptions/lab-tests", { ...here, body: { test: "Troponin" } }));
  told("revise it", await helen.PUT("/patients/{patient_id}/prescriptions/lab-tests/{id}", {
    ...version(test.id, 1), body: { reason: "Soon", content: { test: "Troponin T", priority: "urgent" } },
  }));
  check(told("lab test", await katherine.GET("/patients/{patient_id}/prescriptions/lab-tests/{id}", { params: entry(test.id) })).priority === "urgent", "revised");
  check(told("lab tests", await katherine.GET("/patients/{patient_id}/prescriptions/lab-tests", here)).items.length > 0, "it is listed");
  const needless = told("another one", await helen.POST("/patients/{patient_id}/prescriptions/lab-tests", { ...here, body: { test: "Cholesterol" } }));
  const off = told("stop it", await helen.POST("/patients/{patient_id}/prescriptions/lab-tests/{id}/stop", { ...version(needless.id, 1), body: { reason: "Not now" } }));
  check(off.status === "stopped", "stopped");

  // An image goes straight to where it is kept, by links; a result names it.
  const pdf = new TextEncoder().encode("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n");
  const digest = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", pdf))));
  const announced = told("announce an image", await helen.POST("/patients/{patient_id}/images", {
    ...here, body: { title: "Chest", modality: "x_ray", taken_on: "2025-11-03", size: pdf.length, sha256: digest },
  }));
  const image = announced.image.id;
  const again = told("another link", await helen.POST("/patients/{patient_id}/images/{id}/upload-link", { params: entry(image) }));
  const own = Object.entries(again.headers).filter(([name]) => name !== "content-length");
  check((await fetch(again.url, { method: again.method, headers: Object.fromEntries(own), body: pdf })).ok, "uploaded");
  check(told("complete", await helen.POST("/patients/{patient_id}/images/{id}/complete", { params: entry(image) })).status === "available", "checked");
  check(told("image", await katherine.GET("/patients/{patient_id}/images/{id}", { params: entry(image) })).size === pdf.length, "she sees it");
  check(told("images", await katherine.GET("/patients/{patient_id}/images", here)).items.length > 0, "it is listed");
  const download = told("download", await katherine.GET("/patients/{patient_id}/images/{id}/download-link", { params: entry(image) }));
  check((await (await fetch(download.url)).arrayBuffer()).byteLength === pdf.length, "she downloads it");
  const troponin = { name: "Troponin T", value: 30, unit: "ng/L", high: 14, taken_at: "2025-11-03T08:00:00Z" };
  const result = told("a result", await helen.POST("/patients/{patient_id}/results", { ...here, body: { ...troponin, lab_test_id: test.id, image_id: image } }));
  check(result.flag === "high", "it stands out");
  const seen = await helen.POST("/patients/{patient_id}/results/{id}/review", version(result.id, 1));
  check(seen.error?.code === "already_reviewed", "who writes it has looked at it");
  told("correct it", await helen.PUT("/patients/{patient_id}/results/{id}", { ...version(result.id, 1), body: { reason: "Typing", content: { ...troponin, value: 13 } } }));
  check(told("read it", await katherine.GET("/patients/{patient_id}/results/{id}", { params: entry(result.id) })).flag === "normal", "corrected");
  check(told("results", await katherine.GET("/patients/{patient_id}/results", here)).items.length > 0, "it is listed");
  const dashboard = told("her dashboard", await katherine.GET("/patients/{patient_id}/dashboard", here));
  check(dashboard.results.length > 0 && dashboard.unread.length > 0, "with what is new");
  check(told("read it all", await katherine.POST("/patients/{patient_id}/dashboard/read", { ...here, body: {} })).unread.length === 0, "nothing is left");
  const waits = told("what waits", await helen.GET("/doctors/me/waiting", { params: { query: { kind: "prescription_requests" } } }));
  check(waits.items.every((item) => item.patient_id !== newcomer.id), "nothing of hers");
  check(told("a doctor's dashboard", await helen.GET("/doctors/me/dashboard")).doctor_id === line.doctor.id, "it is hers");
}

// A nurse keeps his profile, an administrator his ward, and the directory has both.
const walt = await signIn("walt@seacole.example.org", demo);
const nurse = told("own account", await walt.GET("/users/me")).id;
const qualifications = [{ title: "Registered nurse", expires_on: "2036-01-31" }];
const profile = told("change the own profile", await walt.PATCH("/staff/me", { body: { blood_group: "o_negative", qualifications } }));
check(profile.qualifications[0]?.expired === false && profile.blood_group === "o_negative", "the profile is kept");
const ofWalt = { path: { id: nurse } };
const ward = told("change a profile", await florence.PATCH("/staff/{id}", { params: ofWalt, body: { ward: "burns" } }));
check(ward.ward === "burns" && told("profile", await florence.GET("/staff/{id}", { params: ofWalt })).blood_group === "o_negative", "his ward");
const nurses = told("directory", await walt.GET("/staff", { params: { query: { role: "nurse" } } }));
check(nurses.items.some((person) => person.user_id === nurse), "he is in the directory");

// He is on the roster, once at a time.
const night = { user_id: nurse, role: "nurse" as const, ward: "burns" as const, shift: "night" as const, date: free.to };
const shift = told("enter a shift", await florence.POST("/shifts", { body: night }));
const twice = await florence.POST("/shifts", { body: night });
check(twice.error?.code === "works_already" && twice.error.shift_id === shift.id, "nobody works twice at a time");
check(told("read a shift", await walt.GET("/shifts/{id}", { params: { path: { id: shift.id } } })).days.includes(free.to), "he works then");
const roster = told("own roster", await walt.GET("/shifts", { params: { query: { from: free.to, to: free.to } } }));
check(roster.items.some((duty) => duty.shift_id === shift.id), "it is on his roster");
const onDuty = told("on duty", await walt.GET("/on-duty", { params: { query: { role: "receptionist" } } }));
check(onDuty.items.length === 1, "one receptionist is on duty");
const offRoster = told("cancel a shift", await florence.POST("/shifts/{id}/cancel", { params: { path: { id: shift.id } }, body: {} }));
check(offRoster.days.length === 0, "it is off");

// The doctor asks for leave and changes it; an administrator approves. Nobody can book her then, until she gives it back.
const daysAfter = (count: number) => new Date(Date.parse(free.to) + count * 86_400_000).toISOString().slice(0, 10);
const [start, end] = [daysAfter(40), daysAfter(46)];
const leave = told("ask for leave", await helen.POST("/leaves", { body: { type: "study", from: start, to: start } }));
const ofLeave = { path: { id: leave.id } };
check(told("change leave", await helen.PATCH("/leaves/{id}", { params: ofLeave, body: { type: "study", from: start, to: end } })).days === 7, "a week");
const away = told("approve", await florence.POST("/leaves/{id}/approve", { params: ofLeave, body: { note: "Good luck" } }));
check(away.status === "approved" && away.impact?.appointments.length === 0, "nothing is in the way");
const atLeave = { params: { path: { id: line.doctor.id }, query: { from: start, to: end } } };
check(told("slots", await lin.GET("/doctors/{id}/slots", atLeave)).items.length === 0, "nobody can book her");
const balance = told("balances", await helen.GET("/leaves/balances", { params: { query: { year: Number(start.slice(0, 4)) } } }));
check(balance.items.some((item) => item.type === "study" && item.days_left < item.days_granted), "it is off her balance");
const more = told("set a balance", await florence.POST("/leaves/balances", {
  body: { user_id: nurse, year: Number(start.slice(0, 4)), type: "annual", days: 30.5 },
}));
check(more.days_left === 30.5, "he has more");
check(told("read leave", await helen.GET("/leaves/{id}", { params: ofLeave })).note === "Good luck", "she reads the note");
check(told("give it back", await helen.POST("/leaves/{id}/cancel", { params: ofLeave, body: {} })).status === "cancelled", "she is back");
check(told("slots", await lin.GET("/doctors/{id}/slots", atLeave)).items.length > 0, "she can be booked again");
const another = told("ask again", await helen.POST("/leaves", { body: { type: "annual", from: start, to: start } }));
check(told("reject", await florence.POST("/leaves/{id}/reject", { params: { path: { id: another.id } }, body: {} })).status === "rejected", "rejected");
const third = told("ask again", await helen.POST("/leaves", { body: { type: "annual", from: start, to: start } }));
check(told("withdraw", await helen.POST("/leaves/{id}/withdraw", { params: { path: { id: third.id } } })).status === "withdrawn", "withdrawn");
check(told("own leave", await helen.GET("/leaves")).items.length > 0, "it is listed");

// She blocks a time and frees it, and her slots change from a day on.
const blocked = told("block a time", await helen.POST("/doctors/{id}/exceptions", {
  params: { path: { id: line.doctor.id } }, body: { kind: "blocked", starts_at: `${start}T09:00:00Z`, ends_at: `${start}T10:00:00Z` },
}));
const exceptions = told("exceptions", await helen.GET("/doctors/{id}/exceptions", atLeave));
check(exceptions.items.some((item) => item.id === blocked.id), "it is listed");
const unblocked = await helen.POST("/doctors/{id}/exceptions/{exception_id}/cancel", {
  params: { path: { id: line.doctor.id, exception_id: blocked.id } },
});
check(told("free it", unblocked).cancelled, "it is free again");
const changed = told("change a doctor", await florence.PATCH("/doctors/{id}", {
  params: { path: { id: lise.id } }, body: { from: start, slot_minutes: 20, buffer_minutes: 10 },
}));
check(changed.slot_minutes === 30 && changed.later?.[0]?.slot_minutes === 20, "from that day on");
check(told("own place", await helen.PATCH("/doctors/me", { body: { place: "Room 22" } })).place === "Room 22", "a doctor says where she is");
check(told("own doctor's profile", await helen.GET("/doctors/me")).place === "Room 22", "it is kept");

// An administrator establishes a ward, and changes what a day costs. A manager takes a shift, and gives it back.
{
  const fee = { amount: "200.00", currency: "GBP" };
  const burns = told("establish a ward", await florence.POST("/wards", { body: { ward: "burns", daily_fee: fee } }));
  const again = await florence.POST("/wards", { body: { ward: "burns", daily_fee: fee } });
  check(burns.ward === "burns" && again.error?.code === "established", "once");
  const ofBurns = { path: { ward: "burns" as const } };
  check(told("a ward", await rosa.GET("/wards/{ward}", { params: ofBurns })).daily_fee.amount === "200.00", "it costs");
  const dearer = { params: { ...ofBurns, header: { "If-Match": '"v1"' } }, body: { daily_fee: { ...fee, amount: "210.00" } } };
  check(told("change it", await florence.PATCH("/wards/{ward}", dearer)).daily_fee.amount === "210.00", "it costs more");
  check(told("wards", await rosa.GET("/wards")).items.some((item) => item.ward === "burns" && item.beds === 40), "it has forty beds");
  const lillian = await signIn("lillian@seacole.example.org", demo);
  const second = await lillian.POST("/wards/{ward}/managers", { params: ofBurns, body: { shift: "night" } });
  check(second.error?.code === "manages_another" && second.error.ward === "icu", "one shift in one ward");
  const released = await lillian.POST("/wards/{ward}/managers/{shift}/release", { params: { path: { ward: "icu", shift: "day" } } });
  check(released.response.status === 204, "it is free");
  const taken = told("take a shift", await lillian.POST("/wards/{ward}/managers", { params: { path: { ward: "icu" } }, body: { shift: "day" } }));
  const managers = told("managers", await rosa.GET("/wards/{ward}/managers", { params: { path: { ward: "icu" } } }));
  check(managers.items.some((item) => item.user_id === taken.user_id && item.shift === "day"), "it is hers");

  // The front desk admits a patient, who is transferred and leaves in two steps. The bed is cleaned.
  const stayer = told("register", await rosa.POST("/patients", { body: { name: "Mary Somerville", date_of_birth: "1980-12-26", gender: "female" } }));
  const of = { path: { patient_id: stayer.id } };
  const admitted = told("admit", await rosa.POST("/patients/{patient_id}/admissions", {
    params: of, body: { ward: "burns", bed: 7, doctor_id: line.doctor.id, isolation: "contact", acuity: "fair" },
  }));
  check(admitted.bed === 7 && admitted.days === 1, "she has bed 7");
  const twice = await rosa.POST("/patients/{patient_id}/admissions", { params: of, body: { ward: "general" } });
  check(twice.error?.code === "already_admitted" && twice.error.admission_id === admitted.id, "and no other one");
  const at = { path: { ...of.path, id: admitted.id } };
  check(told("read a stay", await rosa.GET("/patients/{patient_id}/admissions/{id}", { params: at })).status === "admitted", "she lies there");
  check(told("stays", await rosa.GET("/patients/{patient_id}/admissions", { params: of })).items.length === 1, "it is listed");
  const board = told("board", await rosa.GET("/wards/{ward}/board", { params: ofBurns }));
  check(board.beds[6]?.patient?.initials === "M. S." && board.occupied === 1, "the board shows her");
  const there = told("transfer", await rosa.POST("/patients/{patient_id}/admissions/{id}/transfer", { params: at, body: { ward: "burns", bed: 8 } }));
  check(there.segments.length === 2, "two segments");
  let treats = false;
  for (let tries = 0; tries < 100 && !treats; tries += 1) {
    treats = (await helen.GET("/patients/{patient_id}", { params: of })).response.ok;
    if (!treats) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const better = { params: { ...at, header: { "If-Match": '"v2"' } }, body: { acuity: "good" as const } };
  check(told("change a stay", await helen.PATCH("/patients/{patient_id}/admissions/{id}", better)).acuity === "good", "she is better");
  const step = { params: at };
  const advice = { ...step, body: { follow_up: "See your doctor in a week." } };
  check(told("ready", await helen.POST("/patients/{patient_id}/admissions/{id}/medically-ready", advice)).status === "medically_ready", "ready");
  check(told("not yet", await helen.POST("/patients/{patient_id}/admissions/{id}/not-ready", step)).status === "admitted", "not yet");
  told("ready again", await helen.POST("/patients/{patient_id}/admissions/{id}/medically-ready", advice));
  check(told("left", await rosa.POST("/patients/{patient_id}/admissions/{id}/left", { ...step, body: {} })).departure === "home", "she has left");
  const bed = (number: number) => ({ path: { ...ofBurns.path, bed: number } });
  check(told("clean", await florence.POST("/wards/{ward}/beds/{bed}/cleaned", { params: bed(8) })).status === "free", "clean");
  const broken = await florence.POST("/wards/{ward}/beds/{bed}/take-out", { params: bed(8), body: { reason: "A wheel is broken" } });
  check(told("take it out", broken).status === "maintenance", "broken");
  check(told("put it back", await florence.POST("/wards/{ward}/beds/{bed}/put-back", { params: bed(8) })).status === "cleaning", "mended");
  check(told("what has to be cleaned", await rosa.GET("/cleaning-tasks")).items.length >= 0, "listed");

  // She waits for a bed, and no longer does. The next bed would be hers.
  const asks = told("ask for a bed", await rosa.POST("/patients/{patient_id}/bed-requests", { params: of, body: { ward: "burns" } }));
  told("those who wait", await rosa.GET("/wards/{ward}/bed-requests", { params: ofBurns }));
  const withdrawn = await rosa.POST("/patients/{patient_id}/bed-requests/{id}/withdraw", { params: { path: { ...of.path, id: asks.id } } });
  check([204, 404].includes(withdrawn.response.status), "withdrawn, unless she has got it already");

  // An emergency is judged, seen and ended. Another one needs critical care, and gets a bed at once.
  check(told("the scale", await rosa.GET("/emergency/scale")).levels.length === 5, "five levels");
  const opened = told("open", await rosa.POST("/emergency/cases", {
    body: { unknown: { gender: "male", age: 60 }, complaint: "Fall", triage: { level: "urgent", vitals: { heart_rate: 90 } } },
  }));
  const ofCase = { params: { path: { id: opened.id } } };
  check(told("read", await rosa.GET("/emergency/cases/{id}", ofCase)).status === "waiting", "it waits");
  const worse = told("judge anew", await rosa.POST("/emergency/cases/{id}/triage", { ...ofCase, body: { level: "emergent" } }));
  check(worse.triages.length === 2 && worse.level === "emergent", "with its history");
  told("the queue", await rosa.GET("/emergency/queue", { params: { query: { status: "waiting" } } }));
  const helenId = told("own account", await helen.GET("/users/me")).id;
  const today = told("today", await rosa.GET("/on-duty")).at.slice(0, 10);
  const duty = { user_id: helenId, role: "doctor" as const, ward: "emergency" as const, shift: "day" as const, date: today };
  told("on duty", await florence.POST("/shifts", { body: duty }));
  check(told("see", await helen.POST("/emergency/cases/{id}/see", { ...ofCase, body: {} })).doctor_id === line.doctor.id, "she sees him");
  const ended = await helen.POST("/emergency/cases/{id}/dispose", { ...ofCase, body: { disposition: "discharged", note: "Well again" } });
  check(told("dispose", ended).disposition === "discharged", "he goes home");
  const next = told("open", await rosa.POST("/emergency/cases", {
    body: { unknown: { gender: "female" }, complaint: "Fever", triage: { level: "urgent" } },
  }));
  const bedded = await rosa.POST("/emergency/cases/{id}/admit", { params: { path: { id: next.id } }, body: { ward: "general" } });
  check(told("admit", bedded).disposition === "admitted", "she has a bed");
  const critical = told("critical care", await rosa.POST("/emergency/cases", {
    body: { unknown: { gender: "male" }, complaint: "Stroke", triage: { level: "emergent", critical_care: true } },
  }));
  check(critical.disposition === "admitted", "he has a bed of the ICU");
  const icu = told("critical care", await rosa.GET("/critical-care"));
  check(icu.items.some((item) => item.admission_id === critical.admission_id && item.hours === 0), "he is on the list");
}

// A pharmacist keeps a medicine. A patient asks for it, with a prescription, and gets it.
{
  const percy = await signIn("percy@seacole.example.org", demo);
  const ada = await signIn("ada@example.org", demo);
  const adaId = told("own account", await ada.GET("/users/me")).patient_id;
  check(adaId !== undefined, "Ada is a patient");
  const pharmacies = told("pharmacies", await ada.GET("/pharmacies", { params: { query: { open: true } } }));
  const north = pharmacies.items.find((found) => found.name === "Day and Night Pharmacy");
  check(north !== undefined && north.open, "one is always open");
  const at = { path: { pharmacy_id: north.id } };
  const week = [{ weekday: "monday" as const, from: "08:00", to: "18:00" }];
  const body = { name: "Another Pharmacy", email: "another@example.org", phone: "+44 20 7946 0052", opening_hours: week };
  const second = await percy.POST("/pharmacies", { body });
  check(second.error?.code === "works_in_pharmacy" && second.error.pharmacy_id === north.id, "a pharmacist registers one");
  check(told("a pharmacy", await ada.GET("/pharmacies/{pharmacy_id}", { params: at })).collect_within_hours === 72, "three days to collect");
  const longer = { params: { ...at, header: { "If-Match": '"v1"' } }, body: { collect_within_hours: 96 } };
  check(told("change it", await percy.PATCH("/pharmacies/{pharmacy_id}", longer)).collect_within_hours === 96, "four days");
  const others = told("pharmacists", await percy.GET("/pharmacies/{pharmacy_id}/pharmacists", { params: at }));
  const own = others.items[0];
  check(own !== undefined && others.items.length === 1, "Percy works there");
  const released = await percy.POST("/pharmacies/{pharmacy_id}/pharmacists/{user_id}/release", { params: { path: { ...at.path, user_id: own.user_id } } });
  check(released.response.status === 204, "he no longer does");
  const added = await florence.POST("/pharmacies/{pharmacy_id}/pharmacists", { params: at, body: { user_id: own.user_id } });
  check(told("add him", added).user_id === own.user_id, "he does again");

  const ibuprofen = told("add a medicine", await percy.POST("/pharmacies/{pharmacy_id}/medicines", {
    params: at,
    body: {
      name: "Nurofen", ingredients: ["ibuprofen"], form: "tablet", strength: "200 mg", atc: "M01AE01", reorder_level: 5,
      unit_price: { amount: "0.20", currency: "GBP" },
    },
  }));
  const of = { path: { ...at.path, id: ibuprofen.id } };
  const cheaper = { params: { ...of, header: { "If-Match": '"v1"' } }, body: { unit_price: { amount: "0.15", currency: "GBP" }, over_the_counter: true } };
  check(told("change it", await percy.PATCH("/pharmacies/{pharmacy_id}/medicines/{id}", cheaper)).over_the_counter, "no prescription needed");
  const lot = told("receive", await percy.POST("/pharmacies/{pharmacy_id}/medicines/{id}/lots", {
    params: of, body: { lot_number: "N-77", expires_on: "2027-01-01", units: 60, unit_cost: { amount: "0.05", currency: "GBP" } },
  }));
  const ofLot = { path: { ...of.path, lot_id: lot.id } };
  const units = { params: ofLot, body: { units: 2, reason: "Broken" } };
  check(told("adjust", await percy.POST("/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/adjust", units)).kind === "adjusted", "two more");
  check(told("write off", await percy.POST("/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/write-off", units)).kind === "written_off", "less");
  check(told("return", await percy.POST("/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/return", units)).kind === "returned", "less");
  check(told("a medicine", await ada.GET("/pharmacies/{pharmacy_id}/medicines/{id}", { params: of })).available === 58, "58 are left");
  const listed = told("medicines", await ada.GET("/pharmacies/{pharmacy_id}/medicines", { params: { ...at, query: { name: "nuro" } } }));
  check(listed.items[0]?.id === ibuprofen.id, "it is listed");
  check(told("lots", await percy.GET("/pharmacies/{pharmacy_id}/medicines/{id}/lots", { params: of })).items[0]?.received === 60, "one lot");
  told("lots by expiry", await percy.GET("/pharmacies/{pharmacy_id}/lots", { params: { ...at, query: { expires_before: "2027-02-01" } } }));
  told("offers", await ada.GET("/pharmacies/{pharmacy_id}/medicines/{id}/offers", { params: of }));
  told("alerts", await percy.GET("/pharmacies/{pharmacy_id}/alerts", { params: { ...at, query: { state: "open" } } }));

  const mine = { path: { patient_id: adaId } };
  const tooMany = await ada.POST("/patients/{patient_id}/allocations", { params: mine, body: { pharmacy_id: north.id, medicine_id: ibuprofen.id, units: 90 } });
  check(tooMany.error?.code === "not_enough_stock" && tooMany.error.available === 58 && tooMany.error.others.length === 0, "so many are not there");
  const ask = async (amount: number) =>
    told("ask", await ada.POST("/patients/{patient_id}/allocations", { params: mine, body: { pharmacy_id: north.id, medicine_id: ibuprofen.id, units: amount } }));
  const [kept, dropped] = [await ask(10), await ask(4)];
  check(kept.amount.amount === "1.50" && kept.lots[0]?.lot_number === "N-77", "set aside, with its price");
  const ofKept = { path: { ...mine.path, id: kept.id } };
  check(told("read it", await percy.GET("/patients/{patient_id}/allocations/{id}", { params: ofKept })).status === "allocated", "it waits");
  told("what waits", await percy.GET("/pharmacies/{pharmacy_id}/allocations", { params: { ...at, query: { status: "allocated" } } }));
  const given = await percy.POST("/patients/{patient_id}/allocations/{id}/hand-over", { params: ofKept, body: { units: 8, reason: "Wants less" } });
  check(told("hand over", given).amount.amount === "1.20", "she pays for eight");
  const twice = await percy.POST("/patients/{patient_id}/allocations/{id}/hand-over", { params: ofKept, body: {} });
  check(twice.error?.code === "has_ended" && twice.error.current_status === "handed_over", "once");
  const given_up = await ada.POST("/patients/{patient_id}/allocations/{id}/cancel", { params: { path: { ...mine.path, id: dropped.id } }, body: {} });
  check(told("cancel", given_up).status === "cancelled", "it goes back");
  check(told("allocations", await ada.GET("/patients/{patient_id}/allocations", { params: mine })).items.length >= 2, "both are listed");
  const got = told("dispenses", await ada.GET("/patients/{patient_id}/dispenses", { params: mine }));
  check(got.items[0]?.units === 8, "eight are hers");
  told("who got it", await percy.GET("/pharmacies/{pharmacy_id}/medicines/{id}/dispenses", { params: of }));
  told("of the lot", await percy.GET("/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/dispenses", { params: ofLot }));
  const ledger = told("ledger", await percy.GET("/pharmacies/{pharmacy_id}/medicines/{id}/movements", { params: of }));
  check(ledger.items.length === 8, "every movement");
}

// A laboratory offers a test. A patient takes a prescription there; the result is critical, verified, released and amended.
{
  const gerty = await signIn("gerty@seacole.example.org", demo);
  const otto = await signIn("otto@seacole.example.org", demo);
  const ada = await signIn("ada@example.org", demo);
  const adaId = told("own account", await ada.GET("/users/me")).patient_id;
  check(adaId !== undefined, "Ada is a patient");
  const laboratories = told("laboratories", await ada.GET("/laboratories", { params: { query: { open: true, name: "seacole" } } }));
  const central = laboratories.items[0];
  check(central !== undefined && central.open, "it is always open");
  const at = { path: { laboratory_id: central.id } };
  const week = [{ weekday: "monday" as const, from: "08:00", to: "18:00" }];
  const body = { name: "Another Laboratory", email: "another-laboratory@example.org", phone: "+44 20 7946 0062", opening_hours: week };
  const second = await gerty.POST("/laboratories", { body });
  check(second.error?.code === "works_in_laboratory" && second.error.laboratory_id === central.id, "a technician registers one");
  told("a laboratory", await ada.GET("/laboratories/{laboratory_id}", { params: at }));
  const renamed = { params: { ...at, header: { "If-Match": '"v1"' } }, body: { phone: "+44 20 7946 0063" } };
  check(told("change it", await gerty.PATCH("/laboratories/{laboratory_id}", renamed)).phone === "+442079460063", "another number");
  const staff = told("technicians", await gerty.GET("/laboratories/{laboratory_id}/technicians", { params: at }));
  const own = staff.items.find((item) => item.name === "Otto Folin");
  check(own !== undefined && staff.items.length === 2, "two work there");
  const released = await gerty.POST("/laboratories/{laboratory_id}/technicians/{user_id}/release", { params: { path: { ...at.path, user_id: own.user_id } } });
  check(released.response.status === 204, "he no longer does");
  const added = await florence.POST("/laboratories/{laboratory_id}/technicians", { params: at, body: { user_id: own.user_id } });
  check(told("add him", added).user_id === own.user_id, "he does again");

  const adults = { from_age: { count: 18, unit: "years" as const }, critical_low: 120, low: 135, high: 145, critical_high: 160 };
  const sodium = told("offer a test", await gerty.POST("/laboratories/{laboratory_id}/tests", {
    params: at,
    body: {
      name: "Sodium", loinc: "2951-2", specimen: "serum", price: { amount: "9.00", currency: "GBP" }, expected_minutes: 120, urgent_minutes: 30,
      parameters: [{ name: "Sodium", loinc: "2951-2", unit: "mmol/L", lowest_possible: 50, highest_possible: 250, reference_ranges: [adults] }],
    },
  }));
  const ofTest = { path: { ...at.path, id: sodium.id } };
  const cheaper = { params: { ...ofTest, header: { "If-Match": '"v1"' } }, body: { price: { amount: "8.00", currency: "GBP" } } };
  check(told("change it", await gerty.PATCH("/laboratories/{laboratory_id}/tests/{id}", cheaper)).price.amount === "8.00", "cheaper");
  const read = told("a test", await ada.GET("/laboratories/{laboratory_id}/tests/{id}", { params: ofTest }));
  check(read.parameters[0]?.reference_ranges?.[0]?.critical_high === 160, "with what is usual");
  told("tests", await ada.GET("/laboratories/{laboratory_id}/tests", { params: { ...at, query: { name: "sod" } } }));
  check(told("found", await ada.GET("/lab-tests", { params: { query: { loinc: "2951-2" } } })).items[0]?.id === sodium.id, "found by its code");

  const mine = { path: { patient_id: adaId } };
  const prescribe = async () =>
    told("prescribe", await helen.POST("/patients/{patient_id}/prescriptions/lab-tests", { params: mine, body: { test: "Sodium", loinc: "2951-2" } })).id;
  const prescription = await prescribe();
  const wanted = { laboratory_id: central.id, test_id: sodium.id, prescription_id: prescription };
  const placed = told("place", await ada.POST("/patients/{patient_id}/lab-orders", { params: mine, body: wanted }));
  check(placed.status === "ordered" && placed.price.amount === "8.00", "the price is kept");
  const twice = await ada.POST("/patients/{patient_id}/lab-orders", { params: mine, body: wanted });
  check(twice.error?.code === "not_open" && twice.error.current_status === "ordered" && twice.error.order_id === placed.id, "once");
  const other = told("place", await ada.POST("/patients/{patient_id}/lab-orders", { params: mine, body: { ...wanted, prescription_id: await prescribe() } }));
  const given_up = await ada.POST("/patients/{patient_id}/lab-orders/{id}/cancel", { params: { path: { ...mine.path, id: other.id } }, body: {} });
  check(told("cancel", given_up).amount.amount === "0.00", "it costs nothing");
  check(told("orders", await ada.GET("/patients/{patient_id}/lab-orders", { params: mine })).items.length >= 2, "both are listed");
  told("to do", await gerty.GET("/laboratories/{laboratory_id}/lab-orders", { params: { ...at, query: { status: "ordered", overdue: false } } }));

  const ofOrder = { path: { ...mine.path, id: placed.id } };
  const version = async () => {
    const { response } = await gerty.GET("/patients/{patient_id}/lab-orders/{id}", { params: ofOrder });
    return { ...ofOrder, header: { "If-Match": response.headers.get("etag") ?? "" } };
  };
  told("collect", await gerty.POST("/patients/{patient_id}/lab-orders/{id}/collect", { params: ofOrder, body: {} }));
  told("reject", await otto.POST("/patients/{patient_id}/lab-orders/{id}/reject", { params: await version(), body: { reason: "Clotted" } }));
  told("collect", await gerty.POST("/patients/{patient_id}/lab-orders/{id}/collect", { params: ofOrder, body: {} }));
  check(told("start", await gerty.POST("/patients/{patient_id}/lab-orders/{id}/start", { params: await version() })).status === "in_progress", "it has begun");

  const file = new TextEncoder().encode("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n");
  const digest = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", file))));
  const announced = told("announce", await gerty.POST("/patients/{patient_id}/lab-orders/{id}/report", {
    params: ofOrder, body: { size: file.length, sha256: digest },
  }));
  const link = told("another link", await gerty.POST("/patients/{patient_id}/lab-orders/{id}/report/upload-link", { params: ofOrder }));
  const sent = await fetch(link.url, { method: link.method, headers: link.headers, body: file });
  check(sent.ok && announced.report.status === "awaiting_upload", "the file is sent");
  const complete = await gerty.POST("/patients/{patient_id}/lab-orders/{id}/report/complete", { params: ofOrder });
  check(told("complete", complete).status === "available", "it is a PDF");

  const sodiumOf = (value: number, unit = "mmol/L") => [{ parameter: "Sodium", value, unit }];
  const wrongUnit = await gerty.POST("/patients/{patient_id}/lab-orders/{id}/result", { params: await version(), body: { values: sodiumOf(165, "mg/dL") } });
  check(wrongUnit.error?.code === "invalid_request" && wrongUnit.error.errors?.[0]?.code === "wrong_unit", "units are not guessed");
  told("result", await gerty.POST("/patients/{patient_id}/lab-orders/{id}/result", {
    params: await version(), body: { values: sodiumOf(165), comment: "Repeated.", report_id: announced.report.report_id },
  }));
  const seen = told("read it", await helen.GET("/patients/{patient_id}/lab-orders/{id}", { params: ofOrder }));
  check(seen.result?.stage === "preliminary" && seen.result.flag === "critical_high" && seen.result.critical === "open", "doctors see it");
  check(told("read it", await ada.GET("/patients/{patient_id}/lab-orders/{id}", { params: ofOrder })).result === undefined, "patients do not");
  const open = told("critical results", await helen.GET("/critical-results"));
  check(open.items.some((item) => item.order_id === placed.id), "she is on duty");
  const acknowledged = await helen.POST("/patients/{patient_id}/lab-orders/{id}/acknowledge", { params: ofOrder, body: { result_version: seen.result.version, note: "Called her" } });
  check(acknowledged.response.status === 204, "she knows");
  const ownEntry = await gerty.POST("/patients/{patient_id}/lab-orders/{id}/verify", { params: await version() });
  check(ownEntry.error?.code === "own_entry", "another person verifies it");
  told("verify", await otto.POST("/patients/{patient_id}/lab-orders/{id}/verify", { params: await version() }));
  told("release", await otto.POST("/patients/{patient_id}/lab-orders/{id}/release", { params: await version() }));
  const report = await ada.GET("/patients/{patient_id}/lab-orders/{id}/report.pdf", { params: ofOrder, parseAs: "arrayBuffer" });
  check(new TextDecoder().decode(report.data).startsWith("%PDF-"), "a PDF");
  const download = told("download", await ada.GET("/patients/{patient_id}/lab-orders/{id}/report/download-link", { params: ofOrder }));
  check((await (await fetch(download.url)).text()).startsWith("%PDF-1.4"), "what the laboratory has uploaded");
  const amended = await gerty.POST("/patients/{patient_id}/lab-orders/{id}/amend", {
    params: await version(), body: { reason: "Diluted", values: sodiumOf(140) },
  });
  check(told("amend", amended).status === "released", "it stays released");
  const took = told("turnaround", await gerty.GET("/laboratories/{laboratory_id}/turnaround", { params: at }));
  check(took.items.some((item) => item.test_id === sodium.id && item.released === 1), "one was released");
}

// An accountant charges a patient, who asks for the invoice. It is paid in parts; a line is credited; what is overpaid goes back; and one is billed again.
{
  const luca = await signIn("luca@seacole.example.org", demo);
  const grace = await signIn("grace@example.org", demo);
  const graceId = told("own account", await grace.GET("/users/me")).patient_id;
  check(graceId !== undefined, "Grace is a patient");
  const mine = { path: { patient_id: graceId } };
  const gbp = (amount: string) => ({ amount, currency: "GBP" });
  const charge = async (what: string, price: string) =>
    told("charge", await luca.POST("/patients/{patient_id}/charges", { params: mine, body: { what, unit_price: gbp(price), quantity: 2, reason: "Asked for" } }));
  const [copies, room, gift] = [await charge("Copy of the images", "5.00"), await charge("Room for a guest", "30.00"), await charge("Flowers", "1.00")];
  check(room.kind === "other" && room.rule === "entered_by_hand" && room.amount.amount === "60.00", "two of them");
  const reverse = { params: { path: { ...mine.path, number: gift.number } }, body: { reason: "A gift of the house" } };
  check(told("reverse", await luca.POST("/patients/{patient_id}/charges/{number}/reverse", reverse)).status === "reversed", "it does not count");
  const twice = await luca.POST("/patients/{patient_id}/charges/{number}/reverse", reverse);
  check(twice.error?.code === "reversed_already", "once");
  check(told("charges", await grace.GET("/patients/{patient_id}/charges", { params: mine })).items.length >= 3, "all are listed");
  const issued = told("issue", await grace.POST("/patients/{patient_id}/invoices", { params: mine }));
  check(issued.lines.length >= 2 && issued.status === "unpaid" && issued.entries[0]?.what === "issued", "an invoice");
  const nothing = await grace.POST("/patients/{patient_id}/invoices", { params: mine });
  check(nothing.error?.code === "nothing_to_invoice", "nothing is left");

  const of = { path: { ...mine.path, id: issued.id } };
  const pay = { amount: gbp("10.00"), tender: "bank_transfer" as const, reference: "TR 7" };
  const paid = told("pay", await luca.POST("/patients/{patient_id}/invoices/{id}/payments", { params: of, body: pay }));
  check(paid.invoice.status === "partly_paid" && paid.entry.document_number === `${issued.number}-1`, "a part, with its receipt");
  const same = await luca.POST("/patients/{patient_id}/invoices/{id}/payments", { params: of, body: pay });
  check(same.error?.code === "same_reference", "asked about");
  const more = await luca.POST("/patients/{patient_id}/invoices/{id}/payments", { params: of, body: { amount: gbp("1000"), tender: "cash" } });
  check(more.error?.code === "more_than_outstanding" && more.error.outstanding.amount === paid.invoice.outstanding.amount, "too much");
  const back = { params: { path: { ...of.path, entry: paid.entry.entry } }, body: { reason: "The bank has sent it back" } };
  check(told("take back", await luca.POST("/patients/{patient_id}/invoices/{id}/payments/{entry}/take-back", back)).invoice.status === "unpaid", "it did not happen");
  const refs = [{ patient_id: graceId, invoice_id: issued.id }, { patient_id: graceId, invoice_id: "inv_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }];
  const marked = told("mark", await luca.POST("/invoices/mark", { body: { mark: "paid", tender: "card", invoices: refs } }));
  check(marked.items[0]?.done === true && marked.items[1]?.code === "not_found", "each has its outcome");

  const version = async () => {
    const { response } = await luca.GET("/patients/{patient_id}/invoices/{id}", { params: of });
    return { ...of, header: { "If-Match": response.headers.get("etag") ?? "" } };
  };
  const credited = told("credit", await luca.POST("/patients/{patient_id}/invoices/{id}/credit-notes", {
    params: await version(), body: { charges: [copies.number], reason: "They were not made" },
  }));
  check(credited.entry.document_number === `${issued.number}-C1` && credited.invoice.overpaid.amount !== "0.00", "a credit note");
  const whole = told("read it", await grace.GET("/patients/{patient_id}/invoices/{id}", { params: of }));
  const payment = whole.entries.filter((entry) => entry.what === "paid").pop();
  check(payment !== undefined && whole.lines.some((line) => line.credited), "it shows both");
  const wish = { payment: payment.entry, amount: whole.overpaid, reason: "Paid too much" };
  const asked = told("ask", await luca.POST("/patients/{patient_id}/invoices/{id}/refunds", { params: of, body: wish }));
  const refund = { path: { ...of.path, refund: asked.entry.entry } };
  const own = await luca.POST("/patients/{patient_id}/invoices/{id}/refunds/{refund}/approve", { params: refund });
  check(own.error?.code === "own_refund", "another person approves it");
  told("approve", await florence.POST("/patients/{patient_id}/invoices/{id}/refunds/{refund}/approve", { params: refund }));
  told("refunds", await florence.GET("/refunds"));
  const done = await luca.POST("/patients/{patient_id}/invoices/{id}/refunds/{refund}/complete", { params: refund, body: { tender: "bank_transfer" } });
  check(told("complete", done).invoice.overpaid.amount === "0.00", "it is paid back");
  const again = told("ask", await luca.POST("/patients/{patient_id}/invoices/{id}/refunds", {
    params: of, body: { ...wish, amount: gbp("1.00"), owed_again: true },
  }));
  const rejected = { params: { path: { ...of.path, refund: again.entry.entry } }, body: { reason: "It was right" } };
  check(told("reject", await florence.POST("/patients/{patient_id}/invoices/{id}/refunds/{refund}/reject", rejected)).entry.what === "refund_rejected", "not this one");
  const file = await grace.GET("/patients/{patient_id}/invoices/{id}/invoice.pdf", { params: of, parseAs: "arrayBuffer" });
  check(new TextDecoder().decode(file.data).startsWith("%PDF-"), "a PDF");
  const voided = told("take it all back", await luca.POST("/patients/{patient_id}/invoices/{id}/credit-notes", {
    params: await version(), body: { reason: "The income was wrong", bill_again: true },
  }));
  check(voided.invoice.status === "void", "nothing is left of it");
  const next = told("issue", await luca.POST("/patients/{patient_id}/invoices", { params: mine }));
  check(Number(next.number) > Number(issued.number), "the next number");
  check(told("invoices", await grace.GET("/patients/{patient_id}/invoices", { params: mine })).items.length === 2, "both are listed");
  const statement = told("statement", await grace.GET("/patients/{patient_id}/statement", { params: mine }));
  check(statement.outstanding.amount === next.total.amount && statement.not_invoiced.amount === "0.00", "what she owes");
  const found = told("by number", await luca.GET("/invoices/{number}", { params: { path: { number: next.number } } }));
  check(found.id === next.id, "found by its number");
  const all = told("all", await luca.GET("/invoices", { params: { query: { status: "unpaid", from: "2026-03" } } }));
  check(all.totals.invoices >= 0, "with what they add up to");
}

// A patient rates the doctor who saw him; an administrator moderates; reports and performance show what was done.
{
  const held = told("the appointment", await helen.GET("/appointments/{id}", { params: { path: { id: line.id } } }));
  const email = `${held.patient.name.split(" ")[0]?.toLowerCase()}@example.org`;
  const rater = await signIn(email, demo);
  const raterId = told("own account", await rater.GET("/users/me")).patient_id;
  check(raterId === held.patient.id, "he was seen");
  const mine = { path: { patient_id: held.patient.id } };
  const choices = told("choices", await rater.GET("/patients/{patient_id}/feedback/choices", { params: { ...mine, query: { visit: held.id } } }));
  const doctor = choices.items.find((choice) => choice.about.what === "doctor")?.about;
  check(doctor?.doctor_id !== undefined && doctor.name !== undefined, "he can rate the doctor");
  const body = { visit: held.id, about: "doctor" as const, doctor_id: doctor.doctor_id, rating: 2, review: "It took long." };
  const given = told("give", await rater.POST("/patients/{patient_id}/feedback", { params: mine, body }));
  const again = await rater.POST("/patients/{patient_id}/feedback", { params: mine, body });
  check(again.error?.code === "given_already" && again.error.feedback_id === given.id, "once");
  const of = { path: { ...mine.path, id: given.id } };
  const version = { ...of, header: { "If-Match": '"v1"' } };
  const changed = told("change", await rater.PUT("/patients/{patient_id}/feedback/{id}", { params: version, body: { rating: 4, review: "On reflection, fine." } }));
  check(changed.rating === 4 && changed.changed_at !== undefined, "better");
  const hidden = told("hide", await florence.POST("/patients/{patient_id}/feedback/{id}/hide", { params: { ...of, header: { "If-Match": '"v2"' } }, body: { reason: "A trial" } }));
  check(hidden.hidden?.reason === "A trial", "nobody reads it");
  check(told("show", await florence.POST("/patients/{patient_id}/feedback/{id}/show", { params: of })).hidden === undefined, "everybody does");
  check(told("read", await rater.GET("/patients/{patient_id}/feedback/{id}", { params: of })).version === 4, "its fourth version");
  check(told("own", await rater.GET("/patients/{patient_id}/feedback", { params: mine })).items.length === 1, "one is listed");
  check(told("all", await florence.GET("/feedback", { params: { query: { rating: 4 } } })).items[0]?.patient_id === held.patient.id, "an administrator sees whose it is");
  const reviews = told("reviews", await rater.GET("/feedback/doctors/{doctor_id}", { params: { path: { doctor_id: doctor.doctor_id } } }));
  check(reviews.ratings.distribution.length === 5 && reviews.items[0]?.rating === 4, "without a name");
  told("the hospital's", await rater.GET("/feedback/hospital"));
  told("a service's", await rater.GET("/feedback/services/{service}", { params: { path: { service: "outpatient" } } }));
  const staff = told("staff", await florence.GET("/staff")).items[0];
  check(staff !== undefined, "somebody works here");
  told("somebody's", await florence.GET("/feedback/staff/{user_id}", { params: { path: { user_id: staff.user_id } } }));

  const march = { query: { from: "2026-03-01", to: "2026-03-31" } };
  const performs = told("performance", await florence.GET("/performance/doctors/{doctor_id}", { params: { path: { doctor_id: doctor.doctor_id }, ...march } }));
  check(performs.appointments.held >= 0 && performs.ratings.count >= 0, "how the doctor performs");
  const daily = told("report", await florence.GET("/reports/appointments", { params: march }));
  check(typeof daily === "object" && daily.days.length === 31, "a line for each day");
  const file = await florence.GET("/reports/revenue", { params: { query: { ...march.query, format: "csv" } }, parseAs: "text" });
  check(String(file.data).startsWith("day,billed,"), "the same as a file");
  told("compare", await florence.GET("/reports/appointments/by-doctor", { params: { query: { month: "2026-03" } } }));
  const reversed = await florence.GET("/reports/appointments", { params: { query: { from: "2026-03-02", to: "2026-03-01" } } });
  check(reversed.error?.code === "invalid_request", "the last day is not before the first one");
}

// Lin cancels her appointment.
const cancelled = told("cancel", await lin.POST("/appointments/{id}/cancel", {
  params: { path: { id: booked.id } }, body: { reason: "I am well again" },
}));
check(cancelled.status === "cancelled", "it is off");
