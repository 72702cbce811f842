"""QR codes as pictures in lines: sharp on any paper, and no pixel of script."""

from __future__ import annotations

_QUIET = 4


def drawn(text: str) -> str:
    """An SVG; one unit a module, with the quiet zone."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET)
    made.add_data(text)
    made.make(fit=True)
    matrix: list[list[bool]] = made.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    size = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{path}"/></svg>'
    )
