"""Pages and REST of the tables."""

from django.urls import include, path

from tables import views

urlpatterns = [
    path("", views.lobby, name="lobby"),
    path("tables/<int:table_id>/", views.table, name="table"),
    path("hands/", views.hands, name="hands"),
    path("hands/<str:hand_id>/", views.hand, name="hand"),
    path("api/", include(("tables.api.urls", "api"))),
]
