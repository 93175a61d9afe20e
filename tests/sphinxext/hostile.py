"""What a node may call itself and say, of which no page may take a letter for its own."""

HOSTILE = "<script>alert('node')<script> \"q\" & {{ 7*7 }} <!--almanac:{}-->"
HOSTILE_TEXT = "<script>alert(1)</script> \" onmouseover='x' & {{ 7*7 }} \\x1b[31m -->"
