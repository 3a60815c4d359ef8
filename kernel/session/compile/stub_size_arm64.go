package compile

const stubSize = 8
