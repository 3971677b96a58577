"""Pages and REST of the tables."""

from django.urls import include, path

from tables import views
from tables.history import views as history

urlpatterns = [
    path("", views.lobby, name="lobby"),
    path("tables/<int:table_id>/", views.table, name="table"),
    path("hands/", history.hands, name="hands"),
    path("hands/export/<str:style>/", history.export_hands, name="export-hands"),
    path("hands/<str:hand_id>/", history.hand, name="hand"),
    path("hands/<str:hand_id>/export/<str:style>/", history.export_hand, name="export-hand"),
    path("api/", include(("tables.api.urls", "api"))),
]
