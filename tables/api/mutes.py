"""Whom you do not want to read in chats. The page leaves their messages out."""

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tables import mutes
from tables.api.errors import ErrorSerializer
from tables.api.users import user_of
from tables.models import ChatMute

NOT_FOUND = {404: OpenApiResponse(ErrorSerializer, description="There is nobody with this id.")}


class MuteSerializer(serializers.ModelSerializer[ChatMute]):
    """A player you have muted."""

    user_id = serializers.IntegerField(source="muted_id")
    nickname = serializers.CharField(source="muted.nickname", read_only=True)

    class Meta:
        model = ChatMute
        fields = ("user_id", "nickname")


class MutesView(APIView):
    """The players you have muted."""

    @extend_schema(operation_id="mutes_list", responses=MuteSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = mutes.mutes_of(user_id=user_of(request).pk)
        return Response(MuteSerializer(found, many=True).data)

    @extend_schema(
        operation_id="mutes_create",
        request=MuteSerializer,
        responses={
            201: MuteSerializer,
            400: OpenApiResponse(ErrorSerializer, description="Not yourself, and not thousands."),
            **NOT_FOUND,
        },
    )
    def post(self, request: Request) -> Response:
        """Mute a player; doing it again changes nothing."""
        asked = MuteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            mute = mutes.mute_player(
                user_id=user_of(request).pk, muted_id=asked.validated_data["muted_id"]
            )
        except mutes.NobodyThere:
            raise Http404 from None
        except mutes.MuteRefused as refused:
            raise exceptions.ValidationError from refused
        return Response(MuteSerializer(mute).data, status=201)


class MuteView(APIView):
    """One of them."""

    @extend_schema(operation_id="mutes_destroy", responses={204: None})
    def delete(self, request: Request, user_id: int) -> Response:
        """Read a player again; doing it again changes nothing."""
        mutes.unmute_player(user_id=user_of(request).pk, muted_id=user_id)
        return Response(status=204)
