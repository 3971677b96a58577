"""The page of test coins; with DEBUG only."""

from django.urls import path

from wallet.devchain import views

urlpatterns = [
    path("", views.test_coins, name="wallet-test-coins"),
    path("send/", views.send_coins, name="wallet-send-test-coins"),
    path("mine/", views.mine, name="wallet-mine"),
]
