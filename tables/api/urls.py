"""REST routes."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from tables.api import hands, views
from tables.api.mutes import MutesView, MuteView

urlpatterns = [
    path("v1/ws-ticket/", views.WsTicketView.as_view(), name="ws-ticket"),
    path("v1/stakes/", views.StakeListView.as_view(), name="stakes"),
    path("v1/tables/", views.TableListView.as_view(), name="tables"),
    path("v1/tables/<int:table_id>/", views.TableView.as_view(), name="table"),
    path("v1/tables/<int:table_id>/buy-in/", views.BuyInView.as_view(), name="buy-in"),
    path("v1/hands/", hands.HandListView.as_view(), name="hands"),
    path("v1/hands/export/<str:style>/", hands.HandsExportView.as_view(), name="export-hands"),
    path("v1/hands/<str:hand_id>/", hands.HandView.as_view(), name="hand"),
    path(
        "v1/hands/<str:hand_id>/export/<str:style>/",
        hands.HandExportView.as_view(),
        name="export-hand",
    ),
    path("v1/sittings/", hands.SittingListView.as_view(), name="sittings"),
    path("v1/mutes/", MutesView.as_view(), name="mutes"),
    path("v1/mutes/<int:user_id>/", MuteView.as_view(), name="mute"),
    path("v1/wallet/", include("wallet.api.urls")),
    path("v1/me/", views.MeView.as_view(), name="me"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
]
