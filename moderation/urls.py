"""Addresses of the desk."""

from django.urls import path

from moderation import (
    views,
    views_appeals,
    views_discussions,
    views_evidence,
    views_many,
    views_notes,
    views_people,
    views_policies,
    views_statements,
)

app_name = "moderation"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/decision/", views.decision, name="decision"),
    path("<int:pk>/claim/", views_notes.claiming, name="claim"),
    path("<int:pk>/notes/", views_notes.notes, name="notes"),
    path("decisions/<int:pk>/undo/", views.undoing, name="undo"),
    path("many/", views_many.many, name="many"),
    path("batches/", views_many.batches, name="batches"),
    path("batches/<int:pk>/", views_many.batch, name="batch"),
    path("batches/<int:pk>/undo/", views_many.batch_undoing, name="undo_batch"),
    path("numbers/", views_notes.numbers, name="numbers"),
    path("lines/", views_notes.ready_lines, name="ready_lines"),
    path("lines/<int:pk>/", views_notes.ready_line, name="ready_line"),
    path("appeals/", views_appeals.appeals, name="appeals"),
    path("appeals/<int:pk>/", views_appeals.appeal, name="appeal"),
    path("people/", views_people.people, name="people"),
    path("people/member/<int:pk>/", views_people.member, name="member"),
    path("people/guest/<int:pk>/", views_people.guest, name="guest"),
    path("people/measures/<int:pk>/lift/", views_people.lifting, name="lift"),
    path("people/measures/<int:pk>/confirm/", views_people.confirming, name="confirm_ban"),
    path("people/decisions/<int:pk>/undo/", views_people.undoing, name="undo_standing"),
    path("people/appeals/<int:pk>/", views_people.measure_appeal, name="measure_appeal"),
    path("<int:pk>/evidence/", views_evidence.keep, name="keep_evidence"),
    path("evidence/", views_evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/end/", views_evidence.end, name="end_evidence"),
    path("statements.csv", views_statements.statements_csv, name="statements"),
    path("discussions/", views_discussions.discussions, name="discussions"),
    path("discussions/all/", views_discussions.all_discussions, name="all_discussions"),
    path("discussions/<int:pk>/", views_discussions.discussion, name="discussion"),
    path("policies/", views_policies.policies, name="policies"),
    path("policies/<int:space>/", views_policies.policy, name="policy"),
    path("policies/<int:space>/restored/", views_policies.restored, name="policy_restored"),
    path("policies/<int:space>/trials/<int:pk>/", views_policies.trial, name="policy_trial"),
    path("comments/<int:pk>/pin/", views_discussions.recommendation, {"mark": "pin"}, name="pin"),
    path("comments/<int:pk>/pick/", views_discussions.recommendation, {"mark": "pick"}, name="pick"),
]
